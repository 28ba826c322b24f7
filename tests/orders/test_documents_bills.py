"""Invoices and credit notes, read back from the paper."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from pypdf import PdfReader

from orders.documents.bill import BillLine, TaxAmount
from orders.documents.credit_note import CreditNote, render_credit_note
from orders.documents.invoice import Invoice, render_invoice
from orders.documents.seller import Seller
from orders.kernel.documents import Address
from tests.papers import margins_mm, pages_of, size_mm, text_of

CENT = Decimal("0.01")
SELLER = Seller(
    brand="Fernweh",
    name="Fernweh Versand GmbH",
    address=("Lagerstr. 5", "10115 Berlin"),
    vat_id="DE123456789",
    email="hilfe@fernweh.example",
    colour="#1f4b3f",
)
ADA = Address(name="Ada Byron", line1="Hauptstr. 1", postal_code="20357", city="Hamburg", country="DE")
GRACE = Address(name="Grace Hopper", line1="12 St James's Square", postal_code="SW1Y 4JH", city="London", country="GB")
MUG = BillLine(
    sku="MUG-BLUE",
    name="Blauer Becher",
    quantity=2,
    unit_price=Decimal("12.50"),
    tax_rate=Decimal("0.19"),
    total=Decimal("25.00"),
)
BOOK = BillLine(
    sku="BOOK-1",
    name="Reisebuch",
    quantity=1000,
    unit_price=Decimal("1.07"),
    tax_rate=Decimal("0.07"),
    discount=Decimal("2.50"),
    total=Decimal("1067.50"),
)


def taxes(lines, shipping, discount, includes_tax):
    """The taxes of the lines by rate; shipping and discount at the highest."""
    rates = sorted({line.tax_rate for line in lines}, reverse=True)
    amounts = {rate: sum(line.total for line in lines if line.tax_rate == rate) for rate in rates}
    amounts[rates[0]] += shipping - discount
    for rate, amount in amounts.items():
        tax = (amount * rate / (1 + rate if includes_tax else 1)).quantize(CENT, ROUND_HALF_UP)
        yield TaxAmount(rate=rate, net=amount - tax if includes_tax else amount, tax=tax)


def facts(*lines, includes_tax=True, shipping="4.90", discount="0.00", **changes):
    shipping, discount = Decimal(shipping), Decimal(discount)
    return {
        "number": "RE-2026-000123",
        "language": "de",
        "currency": "EUR",
        "issued_on": date(2026, 11, 22),
        "order_number": "7K3M-92QX-H",
        "seller": SELLER,
        "billing_address": ADA,
        "prices_include_tax": includes_tax,
        "lines": lines,
        "taxes": tuple(taxes(lines, shipping, discount, includes_tax)),
        "shipping": shipping,
        "shipping_name": "Standard",
        "discount": discount,
    } | changes


def invoice(*lines, **changes):
    supply = {"supplied_on": date(2026, 11, 23), "shipping_address": ADA}
    return Invoice(**facts(*lines, **(supply | changes)))


def test_a_german_invoice_says_all_that_the_law_asks_for():
    pdf = render_invoice(invoice(MUG, BOOK, notes=("Bezahlt mit Karte.",)))

    assert size_mm(pdf) == (210, 297)
    text = text_of(pdf)
    assert text.startswith(
        "Fernweh hilfe@fernweh.example USt-IdNr. DE123456789 Fernweh Versand GmbH · Lagerstr. 5 · 10115 Berlin "
        "Ada Byron Hauptstr. 1 20357 Hamburg Deutschland Rechnungsnummer"
    )
    assert "Rechnungsnummer RE-2026-000123 Rechnungsdatum 22. November 2026" in text
    assert "Lieferdatum 23. November 2026 Bestellnummer 7K3M-92QX-H" in text
    assert "Rechnung Alle Beträge in EUR. Preise inklusive MwSt." in text
    assert "Artikel Menge Einzelpreis Rabatt MwSt. Gesamt" in text
    assert "Blauer Becher MUG-BLUE 2 12,50 19 % 25,00" in text
    assert "Reisebuch BOOK-1 1.000 1,07 -2,50 7 % 1.067,50" in text
    assert "MwSt.-Satz Netto MwSt. Brutto 19 % 25,13 4,77 29,90 7 % 997,66 69,84 1.067,50" in text
    assert "Artikel 1.092,50 € Versand (Standard) 4,90 € Gesamt 1.097,40 €" in text
    assert "Bezahlt mit Karte." in text
    assert "Seite 1 von 1" in text
    assert "Geliefert an" not in text


def test_an_english_invoice_adds_the_tax_and_names_another_receiver():
    pdf = render_invoice(
        invoice(MUG, includes_tax=False, discount="5.00", language="en", currency="USD", shipping_address=GRACE)
    )

    text = text_of(pdf)
    assert "Delivered to Grace Hopper 12 St James's Square London SW1Y 4JH United Kingdom" in text
    assert "Invoice date November 22, 2026 Date of supply November 23, 2026" in text
    assert "Invoice All amounts in USD. Prices exclude VAT." in text
    assert "Item Quantity Unit price VAT Total Blauer Becher MUG-BLUE 2 12.50 19% 25.00" in text
    assert "VAT rate Net VAT Gross 19% 24.90 4.73 29.63" in text
    assert "Items $25.00 Discount -$5.00 Shipping (Standard) $4.90 VAT 19% $4.73 Total $29.63" in text
    assert "Page 1 of 1" in text


def test_a_credit_note_names_its_invoice_and_what_is_kept():
    note = CreditNote(
        **facts(MUG, shipping="0.00", discount="3.00", number="RK-2026-000007"),
        invoices=(("RE-2026-000123", date(2026, 11, 20)),),
        reason="Zu groß",
    )

    text = text_of(render_credit_note(note))
    assert "Korrekturnummer RK-2026-000007 Korrekturdatum 22. November 2026 Zu Rechnung RE-2026-000123" in text
    assert "Rechnungsdatum 20. November 2026 Grund Zu groß Bestellnummer 7K3M-92QX-H" in text
    assert "Rechnungskorrektur Alle Beträge" in text
    assert "Artikel 25,00 € Abzug -3,00 € Gutgeschriebener Betrag 22,00 €" in text
    english = text_of(render_credit_note(replace(note, language="en", reason="")))
    assert "Credit note number RK-2026-000007" in english
    assert "Deduction -€3.00 Total credited €22.00" in english
    assert "Reason" not in english


@pytest.mark.parametrize(("count", "page_count", "total"), [(30, 2, "754,90"), (200, 11, "5.004,90")])
def test_a_long_invoice_repeats_its_head_and_counts_its_pages(count, page_count, total):
    many = [replace(MUG, sku=f"SKU-{number:04}", name=f"Artikel Nr. {number}") for number in range(count)]

    pages = pages_of(render_invoice(invoice(*many)))

    assert len(pages) == page_count
    skus = [f"SKU-{number:04}" for number in range(count)]
    assert re.findall(r"SKU-\d{4}", " ".join(pages)) == skus
    for number, page in enumerate(pages, start=1):
        assert f"Seite {number} von {page_count}" in page
        assert page.startswith("Fernweh · Rechnung RE-2026-000123 ") == (number > 1)
        assert ("Artikel Menge Einzelpreis MwSt. Gesamt" in page) == ("SKU-" in page)
    assert f"Gesamt {total} €" in pages[-1]


@pytest.mark.parametrize(
    "name",
    [
        "#panic() *bold* _it_ $x^2$ @ref <label> `raw` = head",
        r"\u{41} \ // no comment /* nor this */ ~ -- --- ...",
        "\"quotes\" 'and' [brackets] {braces} %(x)s ${y}",
        "{page} of {pages}",
        "Donaudampfschifffahrtsgesellschaft",
        "Ελλάδα Ώρα · Київ Жёлтый · Łódź Şişli Ğ · € £ ¥ ₽ ₴ ₺ ₿ ₹ zł",
        "株式会社 やまだ ヤマダ 山田太郎 · 한국어 홍길동 · ไทยสมชาย · Գրիգոր · გიორგი",
    ],
)
def test_names_are_printed_letter_by_letter(name):
    pdf = render_invoice(invoice(replace(MUG, name=name), billing_address=replace(ADA, name=name), notes=(name,)))

    assert text_of(pdf).count(name) == 3


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Tee 日本 😀", "Tee 日本 □"),
        ("a\x00b\x07c\u200dd\ufe0f\u202ee", "abcde"),
        ("Cafe\u0301 ﬁne ２ cups", "Café fine ２ cups"),
        ("tab\tand\u2009thin\u202fspace", "tab and thin space"),
        ("lone \ud800 half", "lone □ half"),
    ],
)
def test_what_the_font_lacks_is_shown_as_a_gap_or_in_plain_letters(name, printed):
    assert f" {printed} MUG-BLUE" in text_of(render_invoice(invoice(replace(MUG, name=name))))


def test_the_longest_words_stay_on_the_paper():
    endless = "W" * 200

    pdf = render_invoice(
        invoice(
            replace(MUG, name=endless, sku=endless[:64]),
            billing_address=replace(ADA, name=endless, company=endless[:60]),
            shipping_address=replace(GRACE, line1=endless[:100]),
            seller=replace(SELLER, brand=endless[:60]),
            shipping_name=endless[:60],
            order_number="W" * 32,
            notes=(endless,),
        )
    )

    left, right = margins_mm(pdf)
    assert left >= 24.5
    assert right >= 19.5


def test_a_bill_that_does_not_add_up_is_never_printed():
    with pytest.raises(ValueError, match=r"RE-2026-000123: lines and shipping come to 29.90, .* to 29.89"):
        invoice(MUG, taxes=(TaxAmount(rate=Decimal("0.19"), net=Decimal("25.12"), tax=Decimal("4.77")),))


def test_the_same_invoice_is_the_same_archivable_file():
    pdf = render_invoice(invoice(MUG))

    assert pdf == render_invoice(invoice(MUG))
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata["/Title"] == "Rechnung RE-2026-000123"
    assert reader.metadata["/CreationDate"].startswith("D:20261122000000")
    xmp = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert {font.get_object()["/BaseFont"].split("+")[1] for font in fonts} == {"Inter-Regular", "Inter-SemiBold"}
