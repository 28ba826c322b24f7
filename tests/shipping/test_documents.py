"""Labels and packing slips, read back by text and by scanner."""

import re
from dataclasses import replace
from datetime import date

import pytest

from orders.documents.seller import Seller
from orders.kernel.documents import Address
from shipping.documents.label import ShippingLabel, render_label, render_label_zpl
from shipping.documents.packing_slip import PackingSlip, PackingSlipLine, render_packing_slip
from tests.papers import codes_of, margins_mm, pages_of, size_mm, text_of

BERLIN = Address(name="Fernweh Versand GmbH", line1="Lagerstr. 5", postal_code="10115", city="Berlin", country="DE")
GRACE = Address(name="Grace Hopper", line1="12 St James's Square", postal_code="SW1Y 4JH", city="London", country="GB")
LABEL = ShippingLabel(
    language="en",
    carrier="House Express",
    service="Standard",
    tracking_number="HX123456789DE",
    tracking_url="https://shop.example/t/HX123456789DE",
    sender=BERLIN,
    receiver=GRACE,
    weight_g=1240,
    shipped_on=date(2026, 11, 22),
    reference="7K3M-92QX-H",
    parcel=1,
    parcels=2,
)
LONG = Address(
    name="Maximiliane-Charlotte von und zu Hohenzollern-Sigmaringen",
    company="Gesellschaft für außerordentlich lange Firmennamen mbH & Co. KG",
    line1="Straße des 17. Juni 135, Hinterhaus, 4. Obergeschoss links",
    line2="W" * 100,
    city="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    region="Isle of Anglesey",
    postal_code="LL61 5UJ",
    country="GB",
)
SLIP = PackingSlip(
    language="de",
    order_number="7K3M-92QX-H",
    packed_on=date(2026, 11, 22),
    seller=Seller(brand="Fernweh", name="Fernweh Versand GmbH", address=("Lagerstr. 5", "10115 Berlin")),
    receiver=GRACE,
    lines=(
        PackingSlipLine(sku="MUG-BLUE", name="Blauer Becher", quantity=2),
        PackingSlipLine(sku="TEA-1", name="Tee <b>#1</b>", quantity=1000),
    ),
    status_url="https://shop.example/o/Zk3vQ8?t=" + "Ab9-_" * 9,
    parcel=2,
    parcels=3,
)


def fields_of(zpl: str) -> list[str]:
    """What a printer would print: the field data, with the hexadecimal escapes of ^FH decoded."""
    data = re.findall(r"\^FH\^FD(.*?)\^FS", zpl)
    return [re.sub("_([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), field) for field in data]


def test_a_label_is_one_page_with_all_that_a_driver_needs():
    pdf = render_label(LABEL)

    assert size_mm(pdf) == (105, 148)
    (page,) = pages_of(pdf)
    assert page.startswith("House Express Standard From Fernweh Versand GmbH Lagerstr. 5 10115 Berlin GERMANY")
    assert "To Grace Hopper 12 St James's Square London SW1Y 4JH UNITED KINGDOM" in page
    assert "Weight 1.24 kg Parcel 1 of 2 Date November 22, 2026 Reference 7K3M-92QX-H" in page
    assert page.endswith("HX123456789DE")


def test_a_german_label_without_a_reference():
    text = text_of(render_label(replace(LABEL, language="de", reference="")))

    assert "Von Fernweh Versand GmbH Lagerstr. 5 10115 Berlin DEUTSCHLAND" in text
    assert "Gewicht 1,24 kg Paket 1 von 2 Datum 22. November 2026" in text
    assert "Referenz" not in text


@pytest.mark.parametrize("tracking_number", ["HX123456789DE", "00340434161094042557", "1Z-999AA1-0123456784-XYZ-0001"])
def test_a_label_can_be_scanned(tracking_number):
    label = replace(LABEL, tracking_number=tracking_number)

    assert sorted(codes_of(render_label(label))) == [("]C0", tracking_number), ("]Q1", LABEL.tracking_url)]


def test_the_longest_address_stays_on_the_label():
    pdf = render_label(replace(LABEL, receiver=LONG, sender=LONG, carrier="Überlandspedition " * 2))

    assert size_mm(pdf) == (105, 148)
    (page,) = pages_of(pdf)
    assert "LL61 5UJ" in page
    assert "UNITED KINGDOM" not in page  # it stays within the country
    assert min(margins_mm(pdf)) >= 5.5
    assert sorted(codes_of(pdf)) == [("]C0", LABEL.tracking_number), ("]Q1", LABEL.tracking_url)]


def test_a_zpl_label_says_the_same():
    zpl = render_label_zpl(LABEL)

    assert zpl.startswith("^XA\n^CI28\n")
    assert zpl.endswith("^XZ\n")
    assert [field for field in fields_of(zpl) if field] == [
        "House Express",
        "Standard",
        "From",
        "Fernweh Versand GmbH",
        "Lagerstr. 5",
        "10115 Berlin",
        "GERMANY",
        "MA,https://shop.example/t/HX123456789DE",
        "To",
        "Grace Hopper",
        "12 St James's Square",
        "London",
        "SW1Y 4JH",
        "UNITED KINGDOM",
        "Weight: 1.24 kg   Parcel: 1 of 2   Date: November 22, 2026   Reference: 7K3M-92QX-H",
        "HX123456789DE",
        "HX123456789DE",
    ]
    assert "^BY3^BCN,180,N,N,N,A^FH^FDHX123456789DE^FS" in zpl


def test_zpl_commands_in_a_name_are_only_words():
    name = "^XZ~JA ^FDx_5E $to_1 ${x} \\& ok"

    zpl = render_label_zpl(replace(LABEL, receiver=replace(GRACE, name=name, line1="a\x00b\r\nc\x1bd")))

    assert name in fields_of(zpl)
    assert "a b  c d" in fields_of(zpl)
    plain = render_label_zpl(LABEL)
    assert (zpl.count("^"), zpl.count("~")) == (plain.count("^"), 0)
    assert len(zpl.splitlines()) == len(plain.splitlines())


def test_zpl_wraps_or_cuts_a_long_address_but_keeps_every_line_of_it():
    wrapped = fields_of(render_label_zpl(replace(LABEL, receiver=replace(GRACE, name="Ada " * 12))))
    cut = fields_of(render_label_zpl(replace(LABEL, receiver=LONG)))

    start = wrapped.index("To") + 1
    assert wrapped[start : start + 3] == [("Ada " * 8).strip(), ("Ada " * 4).strip(), "12 St James's Square"]
    start = cut.index("To") + 1
    assert cut[start : start + 7] == [
        "Maximiliane-Charlotte von und zu H",
        "Gesellschaft für außerordentlich l",
        "Straße des 17. Juni 135, Hinterhau",
        "W" * 34,
        "Llanfairpwllgwyngyllgogerychwyrndr",
        "LL61 5UJ",
        "UNITED KINGDOM",
    ]


def test_zpl_barcodes_shrink_for_long_numbers_and_escape_their_own_commands():
    zpl = render_label_zpl(replace(LABEL, tracking_number="1Z-999AA1-0123456784>5"))

    assert "^BY2^BCN,180,N,N,N,A^FH^FD1Z-999AA1-0123456784><5^FS" in zpl


def test_a_packing_slip_has_the_contents_and_no_prices():
    pdf = render_packing_slip(SLIP)

    assert size_mm(pdf) == (210, 297)
    text = text_of(pdf)
    assert "Grace Hopper 12 St James's Square London SW1Y 4JH Vereinigtes Königreich" in text
    assert "Bestellnummer 7K3M-92QX-H Verpackt am 22. November 2026 Paket 2 von 3" in text
    assert "Packzettel Artikel Menge Blauer Becher MUG-BLUE 2 Tee <b>#1</b> TEA-1 1.000" in text
    assert "Vielen Dank für Ihre Bestellung! Stimmt etwas nicht? Scannen Sie den Code" in text
    assert not set(text) & set("€$£")


def test_an_english_packing_slip():
    text = text_of(render_packing_slip(replace(SLIP, language="en")))

    assert "Order number 7K3M-92QX-H Packed on November 22, 2026 Parcel 2 of 3" in text
    assert "Packing slip Item Quantity Blauer Becher MUG-BLUE 2 Tee <b>#1</b> TEA-1 1,000" in text
    assert "Thank you for your order! Something isn't right? Scan the code" in text


def test_a_packing_slip_leads_to_the_order_and_to_the_customers_page():
    assert sorted(codes_of(render_packing_slip(SLIP))) == [("]C0", "7K3M-92QX-H"), ("]Q1", SLIP.status_url)]


def test_a_big_parcel_repeats_the_head_and_keeps_the_hint_in_one_piece():
    lines = tuple(PackingSlipLine(sku=f"SKU-{number:03}", name="x" * 120, quantity=1) for number in range(120))

    pdf = render_packing_slip(replace(SLIP, lines=lines))

    pages = pages_of(pdf)
    assert all(f"Seite {number} von {len(pages)}" in page for number, page in enumerate(pages, 1))
    assert re.findall(r"SKU-\d{3}", " ".join(pages)) == [line.sku for line in lines]
    assert "Vielen Dank" in pages[-1]
    assert "Scannen Sie" in pages[-1]
    assert min(margins_mm(pdf)) >= 19.5
