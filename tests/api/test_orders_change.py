"""Changing an order over HTTP: look first, then do it; everything or nothing."""

from typing import Any

import pytest

from orders.change_requests import SetQuantity
from orders.kernel.actor import Actor, ActorKind
from orders.models import Notification, OrderChange, OrderLine, PaymentLink, Product
from orders.services.change import change_order
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(api: Partner, mug: Product, paid: dict[str, Any]) -> dict[str, Any]:
    """Two mugs, paid: 29.90."""
    placed: dict[str, Any] = api.post("/orders", paid).json()
    return placed


def changes(order: dict[str, Any]) -> str:
    return f"/orders/{order['number']}/changes"


def units(order: dict[str, Any], n: int) -> dict[str, Any]:
    return {"type": "set_quantity", "line": order["lines"][0]["id"], "quantity": n}


def test_a_preview_shows_all_and_keeps_nothing(api: Partner, order: dict[str, Any]) -> None:
    with nothing_changes():
        shown = api.post(changes(order), {"preview": True, "actions": [units(order, 3)]})

    assert shown.status_code == 200, shown.content
    told = shown.json()
    assert (told["preview"], told["version"], told["difference"]) == (True, order["version"], "owed")
    assert (told["totals"]["total"], told["totals"]["balance"], told["totals"]["tax"]) == ("42.40", "12.50", "6.77")
    assert (told["lines"][0]["quantity"], told["lines"][0]["quantities"]["allocated"]) == (3, 3)
    assert [(d["what"], d["before"], d["after"]) for d in told["diff"]] == [
        ("quantity", 2, 3),
        ("tax", "4.77", "6.77"),
        ("total", "29.90", "42.40"),
    ]
    assert order["number"] in told["mail"]["subject"]
    assert (told["voided"], told["refunded"]) == ("0.00", "0.00")


def test_it_is_made_once(api: Partner, order: dict[str, Any]) -> None:
    wanted = {"actions": [units(order, 1)], "version": order["version"], "note": "on the phone"}

    first = api.post(changes(order), wanted, once="c-1")
    with nothing_changes():
        again = api.post(changes(order), wanted, once="c-1")

    assert first.status_code == 201, first.content
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    told = first.json()
    assert (told["status"], told["note"], told["difference"]) == ("confirmed", "on the phone", "given_back")
    assert (told["total_before"], told["total_after"]) == ("29.90", "17.40")
    now = api.get(f"/orders/{order['number']}").json()
    assert (now["totals"]["total"], now["totals"]["authorized"], now["totals"]["balance"]) == ("17.40", "17.40", "0.00")
    assert now["lines"][0]["quantities"]["cancelled"] == 1
    assert StockLevel.objects.get().allocated == 1
    listed = api.get(changes(order)).json()
    assert [row["id"] for row in listed["data"]] == [told["id"]]


def test_what_staff_note_is_not_for_shops(api: Partner, order: dict[str, Any]) -> None:
    line = OrderLine.objects.get()
    clerk = Actor(kind=ActorKind.STAFF, name="clerk")
    change_order(line.order_id, [SetQuantity(line=line.public_id, quantity=1)], note="rude!", by=clerk)
    api.post(changes(order), {"actions": [units(order, 2)], "note": "ours"})

    told = api.get(changes(order)).json()["data"]

    assert [(row["note"], row["total_after"]) for row in told] == [("ours", "29.90"), ("", "17.40")]


def test_a_stale_version(api: Partner, order: dict[str, Any]) -> None:
    with nothing_changes():
        refused = api.post(changes(order), {"actions": [units(order, 1)], "version": order["version"] + 7})

    assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    assert refused.json()["current_version"] == order["version"]


@pytest.mark.parametrize(
    ("actions", "pointer", "code"),
    [
        ([], "#/actions", "too_few"),
        ([{"type": "explode"}], "#/actions/0/type", "choice"),
        ([{"type": ["add_line"]}], "#/actions/0/type", "choice"),
        (["add_line"], "#/actions/0", "type"),
        ([{"type": "add_line", "sku": "X"}], "#/actions/0/quantity", "required"),
        ([{"type": "set_quantity", "line": "ol_x", "quantity": -1}], "#/actions/0/quantity", "too_small"),
        ([{"type": "set_quantity", "line": "ol_x", "quantity": 1, "sku": "X"}], "#/actions/0/sku", "unknown_field"),
        ([{"type": "set_price", "line": "ol_x", "unit_price": "1.00"}], "#/actions/0/reason", "required"),
        (
            [{"type": "set_price", "line": "ol_x", "unit_price": "1.00", "reason": "x"}],
            "#/actions/0/line",
            "unknown_line",
        ),
        ([{"type": "add_line", "sku": "NONE", "quantity": 1}], "#/actions/0/sku", "unknown_product"),
        ([{"type": "set_shipping_method", "method": "drone"}], "#/actions/0/method", "unknown_shipping_method"),
        ([{"type": "set_contact", "email": "no"}], "#/actions/0/email", "email"),
    ],
)
def test_what_is_wrong_is_named(api: Partner, order: dict[str, Any], actions: Any, pointer: str, code: str) -> None:
    with nothing_changes():
        refused = api.post(changes(order), {"actions": actions})

    assert refused.status_code == 400, refused.content
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [(pointer, code)]


def test_more_than_there_is(api: Partner, order: dict[str, Any]) -> None:
    with nothing_changes():
        refused = api.post(changes(order), {"actions": [units(order, 100_000)]})

    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")


def test_somebody_elses_order(stranger: Partner, order: dict[str, Any]) -> None:
    with nothing_changes():
        assert stranger.post(changes(order), {"actions": [units(order, 1)]}).status_code == 404
    assert stranger.get(changes(order)).status_code == 404
    assert not OrderChange.objects.exists()


@pytest.mark.parametrize(("wish", "links"), [({}, 1), ({"payment_link": False}, 0)])
def test_who_owes_more_gets_one_payment_link_unless_the_shop_asks_for_the_money(
    api: Partner, order: dict[str, Any], wish: dict[str, Any], links: int
) -> None:
    wanted = {"actions": [units(order, 3)], **wish}
    for _attempt in range(2):
        made = api.post(changes(order), wanted, once="c-2")
        assert (made.status_code, made.json()["difference"]) == (201, "owed")
    assert PaymentLink.objects.filter(order__number=order["number"], status="open").count() == links
    assert Notification.objects.filter(template="orders/mail/payment_link").count() == links
