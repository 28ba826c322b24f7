"""How far a parcel goes, as far as countries and postal codes tell."""

import pytest

from orders.countries import COUNTRIES
from warehouse.planning.countries import CENTRES
from warehouse.planning.distance import HOME_KM, UNKNOWN_KM, great_circle, km_between

BERLIN, VIENNA = (52.52, 13.40), (48.21, 16.37)


def test_every_country_has_a_middle_on_earth() -> None:
    assert set(CENTRES) == COUNTRIES
    assert all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in CENTRES.values())


def test_the_great_circle() -> None:
    assert round(great_circle(BERLIN, VIENNA)) == 523
    assert great_circle(BERLIN, BERLIN) == 0


@pytest.mark.parametrize(
    ("code", "to_code", "km"),
    [
        ("10115", "80331", 300),
        ("10115", "12043", 100),
        ("10115", "10999", 33),
        ("10115", "10115", 3),
        ("", "10115", 300),
    ],
)
def test_at_home_the_postal_code_narrows_it_down(code: str, to_code: str, km: int) -> None:
    assert km_between("DE", code, to_country="DE", to_postal_code=to_code) == km


def test_postal_codes_are_compared_as_they_are_spoken() -> None:
    assert km_between("GB", "sw1a 1aa", to_country="GB", to_postal_code="SW1A2AA") == 3


def test_abroad_it_is_the_great_circle_and_never_nearer_than_home() -> None:
    assert km_between("DE", "", to_country="AT", to_postal_code="1010") == 441
    assert km_between("DE", "", to_country="AT", to_postal_code="1010", at=VIENNA) == HOME_KM + 1
    assert km_between("DE", "", to_country="AT", to_postal_code="", at=BERLIN) == 504


def test_what_nobody_knows_is_far_away() -> None:
    assert km_between("DE", "", to_country="", to_postal_code="") == UNKNOWN_KM
    assert km_between("ZZ", "", to_country="DE", to_postal_code="") == UNKNOWN_KM
