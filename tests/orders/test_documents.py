"""The kernel of all papers: formats, addresses, barcodes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from orders.addresses import lines_of
from orders.brand import Brand
from orders.documents.seller import Seller
from orders.kernel.documents import Address, Formats, barcode_svg, with_country
from orders.models import Channel


@pytest.mark.parametrize(
    ("language", "money", "amount", "percent", "day", "moment"),
    [
        ("en", "€1,234.50", "1,234.50", "5.5%", "November 3, 2026", "Nov 3, 2026, 9:05\u202fAM"),
        ("en-gb", "€1,234.50", "1,234.50", "5.5%", "3 November 2026", "3 Nov 2026, 09:05"),
        ("de", "1.234,50\xa0€", "1.234,50", "5,5\xa0%", "3. November 2026", "03.11.2026, 09:05"),
    ],
)
def test_formats_follow_the_language(language, money, amount, percent, day, moment):
    formats = Formats(language)

    assert formats.money(Decimal("1234.5"), "EUR") == money
    assert formats.amount(Decimal("1234.5"), "EUR") == amount
    assert formats.percent(Decimal("0.055")) == percent
    assert formats.date(date(2026, 11, 3)) == day
    assert formats.moment(datetime(2026, 11, 3, 9, 5, tzinfo=UTC)) == moment


@pytest.mark.parametrize("written", ["Germany", "DE"])
@pytest.mark.parametrize(("language", "country"), [("en", "Germany"), ("de", "Deutschland"), ("fr", "Allemagne")])
def test_a_country_that_was_typed_is_named_in_the_readers_language(written, language, country):
    assert with_country(["Invalidenstr. 40", "10115 Berlin", written], language) == [
        "Invalidenstr. 40",
        "10115 Berlin",
        country,
    ]
    assert with_country(["Invalidenstr. 40", "10115 Berlin"], language) == ["Invalidenstr. 40", "10115 Berlin"]
    assert with_country([], language) == []


def test_the_seller_of_pages_mails_and_papers_speaks_the_readers_language():
    channel = Channel(
        brand_name="Blue Mug",
        seller_name="Blue Mug GmbH",
        seller_street="Invalidenstr. 40",
        seller_postal_code="10115",
        seller_city="Berlin",
        seller_country="DE",
    )
    brand, seller = Brand(channel), Seller.of(channel, colour="#000000")
    with override("de"):
        assert brand.seller == ["Blue Mug GmbH", "Invalidenstr. 40", "10115 Berlin", "Deutschland"]
        assert seller.as_data("de")["address"][-1] == "Deutschland"


def test_amounts_have_the_digits_of_their_currency():
    assert Formats("en").amount(Decimal(1234), "JPY") == "1,234"
    assert Formats("en").money(Decimal(1234), "JPY") == "¥1,234"
    assert Formats("en").amount(Decimal("1.5"), "KWD") == "1.500"


@pytest.mark.parametrize(
    ("address", "language", "lines"),
    [
        (
            {"city": "Berlin", "region": "Berlin", "postal_code": "10115", "country": "DE", "line2": "Hinterhaus"},
            "de",
            ["Ada", "1 Road", "Hinterhaus", "10115 Berlin", "Deutschland"],
        ),
        (
            {"city": "Bergamo", "region": "BG", "postal_code": "24121", "country": "IT", "company": "Seta Srl"},
            "en",
            ["Ada", "Seta Srl", "1 Road", "24121 Bergamo BG", "Italy"],
        ),
        (
            {"city": "London", "postal_code": "SW1Y 4JH", "country": "GB"},
            "de",
            ["Ada", "1 Road", "London", "SW1Y 4JH", "Vereinigtes Königreich"],
        ),
        (
            {"city": "Portland", "region": "OR", "postal_code": "97201", "country": "US"},
            "en",
            ["Ada", "1 Road", "Portland, OR 97201", "United States"],
        ),
        ({"city": "Nowhere", "country": "ZZZ"}, "en", ["Ada", "1 Road", "Nowhere", "ZZZ"]),
    ],
)
def test_an_address_is_written_as_its_country_writes_it(address, language, lines):
    assert lines_of(Address(name="Ada", line1="1 Road", **address), language=language) == lines


@pytest.mark.parametrize(("text", "kind"), [("", "QRCode"), ("日本", "Code128"), ("A" * 200, "Code128")])
def test_a_barcode_refuses_what_it_cannot_say(text, kind):
    with pytest.raises(ValueError, match=r".+"):
        barcode_svg(text, kind)
