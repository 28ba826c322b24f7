"""Addresses of all countries: what is wrong with them, and how they are written."""

import pytest

from orders.addresses import fingerprint, lines_of, missing_for_delivery, problems, rules_of
from orders.countries import COUNTRIES
from tests.factories.orders import ADDRESS


def codes(**changes: str) -> list[tuple[str, str]]:
    return [(found.field, found.code) for found in problems(ADDRESS | changes)]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"country": "ZZ"}, [("country", "unknown_country")]),
        ({"country": ""}, [("country", "unknown_country")]),
        ({"line1": " "}, [("line1", "required")]),
        ({"city": "", "postal_code": ""}, [("city", "required"), ("postal_code", "required")]),
        ({"name": ""}, [("name", "required")]),
        ({"name": "", "company": "Seta"}, []),
        ({"postal_code": "1011"}, [("postal_code", "postal_code_form")]),
        ({"postal_code": "D-10115"}, [("postal_code", "postal_code_form")]),
        ({"country": "GB", "postal_code": "sw1y 4jh", "city": "London"}, []),
        ({"country": "US", "postal_code": "97201-1234"}, [("region", "required")]),
        ({"country": "US", "postal_code": "97201", "region": "Oregon"}, []),
        ({"country": "US", "postal_code": "97201", "region": "or"}, []),
        ({"country": "US", "postal_code": "97201", "region": "Bavaria"}, [("region", "unknown_region")]),
        ({"country": "JP", "postal_code": "100-0005", "region": "Tokyo", "city": ""}, []),
        ({"country": "SG", "postal_code": "238823", "city": ""}, []),
        ({"country": "HK", "postal_code": "", "region": "Kowloon"}, []),
        ({"country": "IE", "region": "Co. Cork", "postal_code": "T12 X70A"}, []),
        ({"country": "XK", "postal_code": "anything"}, [("postal_code", "postal_code_form")]),
        ({"country": "AQ", "postal_code": "anything"}, []),
    ],
)
def test_what_a_carrier_would_stumble_over(changes: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert codes(**changes) == found


def test_an_address_that_is_no_address_has_a_problem_too() -> None:
    assert [found.code for found in problems(None)] == ["unknown_country"]
    assert [found.code for found in problems({"country": None, "line1": 3})] == ["unknown_country"]


def test_every_country_has_rules_and_loses_no_city_and_no_code() -> None:
    told = ADDRESS | {"city": "Somewhere", "postal_code": "Q9Q9", "region": "Somewhere"}
    for country in sorted(COUNTRIES):
        rules = rules_of(country)
        assert rules.required <= {"line1", "city", "region", "postal_code"}, country
        written = "\n".join(lines_of(told | {"country": country}, for_country=country))
        for part in ("Ada Byron", "Hauptstr. 1", "Somewhere", "Q9Q9"):
            assert written.count(part) == 1, (country, written)


@pytest.mark.parametrize(
    ("country", "needed"),
    [("DE", ("line1", "city")), ("SG", ("line1",)), ("JP", ("line1",)), ("HK", ("line1",)), ("IE", ("line1", "city"))],
)
def test_street_and_city_where_the_post_needs_them(country: str, needed: tuple[str, ...]) -> None:
    assert missing_for_delivery({"country": country}) == needed
    assert missing_for_delivery(ADDRESS | {"country": country}) == ()


@pytest.mark.parametrize(
    ("changes", "for_country", "language", "lines"),
    [
        ({}, "DE", "de", ["Ada Byron", "Hauptstr. 1", "10115 Berlin"]),
        ({}, "AT", "de", ["Ada Byron", "Hauptstr. 1", "10115 Berlin", "Deutschland"]),
        ({}, "", "fr", ["Ada Byron", "Hauptstr. 1", "10115 Berlin", "Allemagne"]),
        (
            {"country": "FR", "company": "Seta", "line2": "3e étage", "city": "Lyon", "postal_code": "69001"},
            "FR",
            "fr",
            ["Seta", "Ada Byron", "Hauptstr. 1", "3e étage", "69001 Lyon"],
        ),
        (
            {"country": "SG", "city": "Singapore", "postal_code": "238823"},
            "SG",
            "en",
            ["Ada Byron", "Hauptstr. 1", "SINGAPORE 238823"],
        ),
        (
            {"country": "JP", "line1": "丸の内1-1", "city": "千代田区", "region": "東京都", "postal_code": "100-0005"},
            "JP",
            "en",
            ["〒100-0005", "東京都", "千代田区", "丸の内1-1", "Ada Byron"],
        ),
        (
            {"country": "AX", "city": "Mariehamn", "postal_code": "AX-22100"},
            "AX",
            "en",
            ["Ada Byron", "Hauptstr. 1", "AX-22100 Mariehamn", "ÅLAND"],
        ),
        (
            {"country": "US", "city": "Portland", "postal_code": "97201"},
            "US",
            "en",
            ["Ada Byron", "Hauptstr. 1", "Portland 97201"],
        ),
    ],
)
def test_an_address_is_written_for_its_reader(
    changes: dict[str, str], for_country: str, language: str, lines: list[str]
) -> None:
    assert lines_of(ADDRESS | changes, for_country=for_country, language=language) == lines


def test_addresses_that_differ_in_case_and_blanks_are_one() -> None:
    assert fingerprint(ADDRESS) == fingerprint(ADDRESS | {"line1": " hauptstr  1", "phone": "030 1"})
    assert fingerprint(ADDRESS) != fingerprint(ADDRESS | {"line1": "Hauptstr. 11"})
    assert fingerprint(ADDRESS) != fingerprint(ADDRESS | {"name": "Ida Byron"})
