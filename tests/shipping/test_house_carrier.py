"""Our own carrier: exact rates, one number per key and parcel, and a check character that finds misreadings."""

from datetime import date
from decimal import Decimal

import pytest

from orders.kernel.documents import Address
from orders.kernel.ids import ALPHABET, check_character
from shipping.carriers import adapter
from shipping.carriers.house import tracking_number
from shipping.carriers.protocol import CarrierError, LabelRequest, Parcel, RateRequest

BERLIN = Address(name="Ada Byron", line1="Hauptstr. 1", postal_code="10115", city="Berlin", country="DE")
VIENNA = Address(name="Ada Byron", line1="Ring 1", postal_code="1010", city="Wien", country="AT")


def request(key: str = "sh_1", *weights: int, service: str = "standard", receiver: Address = BERLIN) -> LabelRequest:
    return LabelRequest(
        key=key,
        account="",
        carrier="House Vans",
        service=service,
        service_name="Standard",
        sender=BERLIN,
        receiver=receiver,
        parcels=tuple(Parcel(reference=f"pk_{w}", weight_g=w) for w in weights or (900,)),
        reference="7K3M-92QX-H",
        language="en",
        ship_on=date(2026, 11, 23),
        tracking_page="https://vans.example.com/{tracking_number}",
    )


@pytest.mark.parametrize(
    ("weight_g", "country", "standard", "express"),
    [
        (1, "DE", "3.90", "8.90"),
        (1_000, "DE", "3.90", "8.90"),
        (1_001, "DE", "4.40", "9.90"),
        (31_500, "DE", "14.90", "27.90"),
        (1_000, "AT", "8.90", "18.90"),
    ],
)
def test_rates_follow_the_table(weight_g: int, country: str, standard: str, express: str) -> None:
    parcels = (Parcel(reference="pk_1", weight_g=weight_g),)
    rates = adapter("house").rates(RateRequest(sender_country="DE", receiver_country=country, parcels=parcels))
    assert [(rate.service, str(rate.cost)) for rate in rates] == [("standard", standard), ("express", express)]


def test_each_parcel_is_paid_and_one_that_is_too_heavy_isnt_taken() -> None:
    light = Parcel(reference="pk_1", weight_g=900)
    heavy = Parcel(reference="pk_2", weight_g=31_501)
    both = RateRequest(sender_country="DE", receiver_country="DE", parcels=(light, light))
    assert adapter("house").rates(both)[0].cost == Decimal("7.80")
    assert adapter("house").rates(RateRequest(sender_country="DE", receiver_country="DE", parcels=(heavy,))) == ()


def test_the_same_key_gives_the_same_labels_and_another_key_others() -> None:
    first, again = (adapter("house").buy_label(request("sh_1", 900, 2_000)) for _ in range(2))
    other = adapter("house").buy_label(request("sh_2", 900, 2_000))

    assert first == again
    numbers = {label.tracking_number for labels in (first, other) for label in labels.parcels}
    assert len(numbers) == 4
    assert first.tracking_number == first.parcels[0].tracking_number == tracking_number("sh_1", 1)
    assert first.tracking_url == f"https://vans.example.com/{first.tracking_number}"
    assert (first.cost, first.currency) == (Decimal("8.30"), "EUR")
    assert first.parcels[1].pdf.startswith(b"%PDF")
    assert first.parcels[1].tracking_number in first.parcels[1].zpl


def test_a_tracking_number_ends_with_its_check_character() -> None:
    number = tracking_number("sh_1", 1)
    body = number[1:-1]
    assert len(number) == 15
    assert number[0] == "H"
    assert check_character(body) == number[-1]
    wrong = ALPHABET[(ALPHABET.index(body[0]) + 1) % 31] + body[1:]
    assert check_character(wrong) != number[-1]


def test_what_we_dont_carry_is_refused() -> None:
    with pytest.raises(CarrierError, match="drone"):
        adapter("house").buy_label(request(service="drone"))
    with pytest.raises(CarrierError):
        adapter("house").buy_label(request("sh_1", 40_000))
    assert adapter("house").buy_label(request(service="express", receiver=VIENNA)).cost == Decimal("18.90")
