"""Drafts over the API: made, read, written, given up, placed; each refusal names its field."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from orders.gift_codes import code_of
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Channel, Draft, Order, OrderLine, PaymentLink, Product
from orders.models import Partner as PartnerRow
from orders.services.draft import take_over_draft
from orders.services.key import issue_key
from tests.api.client import Partner
from tests.factories.value import a_card
from tests.races.runners import at_once
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db
LATER = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def body(mug: Product) -> dict[str, Any]:
    return {
        "external_ref": "dr-1",
        "channel": "web",
        "currency": "EUR",
        "customer": {"email": "ada@example.com", "name": "Ada"},
        "shipping_address": {
            "name": "Ada",
            "line1": "Hauptstr. 1",
            "city": "Berlin",
            "postal_code": "10115",
            "country": "DE",
        },
        "lines": [{"sku": "MUG-BLUE", "quantity": 2}],
        "shipping_method": "standard",
        "reserve_until": LATER,
    }


def pointers(response: HttpResponse) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]  # type: ignore[attr-defined]


def tag(response: HttpResponse) -> dict[str, str]:
    return {"If-Match": response["ETag"]}


def test_a_draft_is_made_read_written_and_placed(api: Partner, body: dict[str, Any]) -> None:
    made: Any = api.post("/drafts", body)
    assert (made.status_code, made.json()["status"], made.json()["version"]) == (201, "draft", 1)
    draft = made.json()["id"]
    assert made["Location"] == f"/api/v1/drafts/{draft}"
    assert made.json()["totals"] == {
        "items": "25.00", "discount": "0.00", "shipping": "4.90", "tax": "4.77", "total": "29.90",
    }  # fmt: skip
    assert made.json()["lines"][0]["quantities"]["allocated"] == 2
    assert made.json()["reserve_until"] == LATER
    line = made.json()["lines"][0]["id"]
    written: Any = api.patch(
        f"/drafts/{draft}",
        {"lines": [{"id": line, "sku": "MUG-BLUE", "quantity": 3}], "freeze": True, "note": "on the phone"},
        tag(made),
    )
    assert (written.status_code, written.json()["version"], written.json()["frozen"]) == (200, 2, True)
    assert (written.json()["lines"][0]["id"], written.json()["totals"]["total"]) == (line, "42.40")
    assert [row["id"] for row in api.get("/drafts").json()["data"]] == [draft]  # type: ignore[attr-defined]
    assert api.get("/orders").json()["data"] == []  # type: ignore[attr-defined]
    placed: Any = api.post(
        f"/drafts/{draft}/place", {"payment": {"gateway": "sandbox", "token": "tok_ok"}, "total": "42.40"}
    )
    assert (placed.status_code, placed.json()["status"], placed.json()["totals"]["total"]) == (
        201,
        "confirmed",
        "42.40",
    )
    assert placed["Location"] == f"/api/v1/orders/{placed.json()['number']}"
    assert len(api.get("/orders").json()["data"]) == 1  # type: ignore[attr-defined]
    assert api.get("/drafts").json()["data"] == []  # type: ignore[attr-defined]
    read: Any = api.get(f"/drafts/{draft}")
    assert (read.json()["status"], read.json()["order"]) == ("placed", placed.json()["number"])
    assert StockLevel.objects.get().allocated == 3


def test_a_draft_may_know_little(api: Partner, body: dict[str, Any]) -> None:
    made: Any = api.post("/drafts", {"channel": "web", "currency": "EUR", "customer": {}, "lines": body["lines"]})
    assert (made.status_code, made.json()["shipping_address"]) == (201, None)
    placed: Any = api.post(f"/drafts/{made.json()['id']}/place", {})
    assert placed.status_code == 400
    assert pointers(placed)[-1] == "#/customer"
    assert Order.objects.get().status == "draft"


def test_placing_is_repeated_by_its_key(api: Partner, body: dict[str, Any]) -> None:
    draft = api.post("/drafts", body).json()["id"]  # type: ignore[attr-defined]
    pay = {"payment": {"gateway": "sandbox", "token": "tok_ok"}}
    first: Any = api.post(f"/drafts/{draft}/place", pay, once="k1")
    again: Any = api.post(f"/drafts/{draft}/place", pay, once="k1")
    assert (first.status_code, again.status_code, again.content == first.content) == (201, 201, True)
    assert again["Idempotent-Replayed"] == "true"
    other: Any = api.post(f"/drafts/{draft}/place", pay, once="k2")
    assert (other.status_code, other.json()["code"], other.json()["order"]) == (
        409,
        "not_a_draft",
        first.json()["number"],
    )
    assert api.post(f"/drafts/{draft}/place", pay, once=None).status_code == 400
    assert Order.objects.count() == 1


def test_a_refused_payment_is_told_again_and_another_key_pays(api: Partner, body: dict[str, Any]) -> None:
    draft = api.post("/drafts", body).json()["id"]  # type: ignore[attr-defined]
    bad = {"payment": {"gateway": "sandbox", "token": "tok_decline"}}
    first: Any = api.post(f"/drafts/{draft}/place", bad, once="k1")
    again: Any = api.post(f"/drafts/{draft}/place", bad, once="k1")
    assert (first.status_code, again.status_code) == (402, 402)
    assert again.json()["code"] == "payment_declined"
    assert api.get(f"/drafts/{draft}").json()["status"] == "draft"  # type: ignore[attr-defined]
    good: Any = api.post(f"/drafts/{draft}/place", {"payment": {"gateway": "sandbox", "token": "tok_ok"}}, once="k2")
    assert [payment["status"] for payment in good.json()["payments"]] == ["failed", "authorized"]


def test_a_payment_link_places_it_unpaid(api: Partner, body: dict[str, Any]) -> None:
    draft = api.post("/drafts", body).json()["id"]  # type: ignore[attr-defined]
    placed: Any = api.post(f"/drafts/{draft}/payment-link")
    assert (placed.status_code, placed.json()["status"], placed.json()["payment_status"]) == (201, "placed", "unpaid")


def test_a_link_that_nobody_could_pay_by_leaves_the_draft(api: Partner, body: dict[str, Any]) -> None:
    Channel.objects.update(link_gateways=["manual"])
    draft = api.post("/drafts", body).json()["id"]  # type: ignore[attr-defined]
    refused: Any = api.post(f"/drafts/{draft}/payment-link")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_way_to_pay")
    assert Order.objects.get().status == "draft"
    assert not PaymentLink.objects.exists()


def test_whoever_writes_late_is_told(api: Partner, body: dict[str, Any]) -> None:
    made: Any = api.post("/drafts", body)
    draft = made.json()["id"]
    assert api.patch(f"/drafts/{draft}", {"note": "x"}).status_code == 428
    take_over_draft(Draft.objects.get().pk, by=Actor(kind=ActorKind.STAFF, name="maria"))
    late: Any = api.patch(f"/drafts/{draft}", {"note": "x"}, tag(made))
    assert (late.status_code, late.json()["current_version"]) == (412, 2)
    assert Order.objects.get().note == ""


def test_a_draft_is_given_up(api: Partner, body: dict[str, Any]) -> None:
    made: Any = api.post("/drafts", body)
    draft = made.json()["id"]
    assert api.delete(f"/drafts/{draft}").status_code == 428
    gone: Any = api.delete(f"/drafts/{draft}", tag(made))
    assert (gone.status_code, gone.json()["status"], gone.json()["reserve_until"]) == (200, "discarded", None)
    assert StockLevel.objects.get().allocated == 0
    assert api.delete(f"/drafts/{draft}", {"If-Match": "*"}).status_code == 409
    assert api.get("/orders").json()["data"] == []  # type: ignore[attr-defined]


def test_price_changes_are_shown_and_stop_a_placement(api: Partner, body: dict[str, Any]) -> None:
    made: Any = api.post("/drafts", body)
    draft, line = made.json()["id"], made.json()["lines"][0]["id"]
    Product.objects.update(price="13.00")
    read: Any = api.get(f"/drafts/{draft}")
    assert read.json()["price_changes"] == [
        {"line": line, "sku": "MUG-BLUE", "unit_price": "12.50", "catalogue_price": "13.00"}
    ]
    refused: Any = api.post(f"/drafts/{draft}/place", {})
    assert (refused.status_code, refused.json()["code"], pointers(refused)) == (
        409,
        "prices_changed",
        ["#/lines/0/unit_price"],
    )
    saved: Any = api.patch(f"/drafts/{draft}", {}, tag(read))
    assert (saved.json()["totals"]["total"], saved.json()["price_changes"]) == ("30.90", [])


def test_prices_of_the_shops_own_need_no_reason(api: Partner, body: dict[str, Any]) -> None:
    body["lines"] = [{"sku": "MUG-BLUE", "quantity": 1, "unit_price": "9.00", "reason": "campaign"}]
    made: Any = api.post("/drafts", body)
    assert (made.json()["lines"][0]["reason"], made.json()["totals"]["total"]) == ("campaign", "13.90")


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"lines": [{"sku": "NIX", "quantity": 1}]}, 400, "#/lines/0/sku"),
        ({"lines": []}, 400, "#/lines"),
        ({"lines": [{"sku": "MUG-BLUE", "quantity": 1, "discount": "99.00"}]}, 400, "#/lines/0/discount"),
        ({"lines": [{"id": "ol_x", "sku": "MUG-BLUE", "quantity": 1}]}, 400, "#/lines/0/id"),
        ({"shipping_method": "rocket"}, 400, "#/shipping_method"),
        ({"reserve_until": "2020-01-01T00:00:00Z"}, 400, "#/reserve_until"),
        ({"channel": "nix"}, 400, "#/channel"),
        ({"currency": "USD"}, 400, "#/currency"),
        ({"payment": None}, 400, "#/payment"),
    ],
)
def test_what_is_wrong_is_named(
    api: Partner, body: dict[str, Any], change: dict[str, Any], status: int, pointer: str
) -> None:
    answer: Any = api.post("/drafts", body | change)
    assert (answer.status_code, pointers(answer)) == (status, [pointer])
    assert not Draft.objects.exists()


def test_a_reference_is_used_once_for_drafts_and_orders(api: Partner, body: dict[str, Any]) -> None:
    api.post("/drafts", body)
    again: Any = api.post("/drafts", body)
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_external_ref")


def test_drafts_of_others_dont_exist_and_the_scope_is_needed(
    api: Partner, stranger: Partner, shop: PartnerRow, body: dict[str, Any]
) -> None:
    made: Any = api.post("/drafts", body)
    draft = made.json()["id"]
    assert stranger.get(f"/drafts/{draft}").status_code == 404
    assert stranger.post(f"/drafts/{draft}/place", {}).status_code == 404
    assert stranger.delete(f"/drafts/{draft}", {"If-Match": "*"}).status_code == 404
    _, secret = issue_key(shop, name="few", scopes=["orders:write", "orders:read"], by=SYSTEM)
    assert Partner(secret).post("/drafts", body).status_code == 403
    assert Partner(secret).get("/drafts").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_double_click_places_one_order(api: Partner, body: dict[str, Any]) -> None:
    draft = api.post("/drafts", body).json()["id"]  # type: ignore[attr-defined]
    pay = {"payment": {"gateway": "sandbox", "token": "tok_ok"}}
    clicks: list[Any] = at_once([lambda: api.post(f"/drafts/{draft}/place", pay, once="k")] * 4)
    assert Counter(click.status_code for click in clicks) <= Counter({201: 4, 409: 3})
    assert 201 in {click.status_code for click in clicks}
    assert Order.objects.get().status == "confirmed"
    assert OrderLine.objects.get().allocated == 2


def test_a_draft_is_paid_in_several_ways(api: Partner, body: dict[str, Any]) -> None:
    draft = api.post("/drafts", body | {"buyer_reference": "PO 7"}).json()
    card = a_card("10.00")
    ways = [{"gateway": "gift_card", "token": code_of(card)}, {"gateway": "sandbox", "token": "tok_ok"}]
    both: Any = api.post(f"/drafts/{draft['id']}/place", {"payment": ways[1], "payments": ways})
    assert (both.status_code, pointers(both)) == (400, ["#/payments"])
    refused = {"payments": [ways[0], {"gateway": "sandbox", "token": "tok_decline"}]}
    declined: Any = api.post(f"/drafts/{draft['id']}/place", refused, once="p1")
    assert (declined.status_code, declined.json()["code"]) == (402, "payment_declined")
    placed: Any = api.post(f"/drafts/{draft['id']}/place", {"payments": ways}, once="p2")
    again: Any = api.post(f"/drafts/{draft['id']}/place", {"payments": ways}, once="p2")
    assert (placed.status_code, again.content, again["Idempotent-Replayed"]) == (201, placed.content, "true")
    told = placed.json()
    assert (told["status"], told["totals"]["balance"], told["buyer_reference"]) == ("confirmed", "0.00", "PO 7")
    known = [(row["gateway"], row["amount"]) for row in told["payments"] if row["status"] == "authorized"]
    assert known == [("gift_card", "10.00"), ("sandbox", "19.90")]


def test_a_draft_placed_by_link_waits_for_its_payment(api: Partner, body: dict[str, Any]) -> None:
    draft = api.post("/drafts", body).json()
    placed: Any = api.post(f"/drafts/{draft['id']}/payment-link", None, once="l1")
    assert (placed.status_code, placed.json()["status"]) == (201, "placed")
    again: Any = api.post(f"/drafts/{draft['id']}/payment-link", None, once="l1")
    assert again.content == placed.content
    assert PaymentLink.objects.filter(order__number=placed.json()["number"]).count() == 1
