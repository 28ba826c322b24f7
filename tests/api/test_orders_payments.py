"""POST /orders with several payments, POST /orders/{number}/payments, and refunds as credit, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from orders.gateways.protocol import Answer, Call, NoAnswer
from orders.gateways.sandbox import Sandbox
from orders.gift_codes import code_of
from orders.models import GiftCard, IdempotencyKey, Order, Payment, PaymentTransaction, Product, StoreCredit
from orders.services.settle import settle_payments
from tests.api.client import Partner
from tests.factories.value import a_card, credit_of

pytestmark = pytest.mark.django_db(transaction=True)
OK = {"gateway": "sandbox", "token": "tok_ok"}


def by_gift(card: GiftCard, **more: Any) -> dict[str, Any]:
    return {"gateway": "gift_card", "token": code_of(card), **more}


@pytest.fixture
def unpaid(api: Partner, wanted: dict[str, Any], mug: Product) -> dict[str, Any]:
    """An order of 29.90 that nobody has paid."""
    placed = api.post("/orders", wanted | {"payment": None})
    assert placed.status_code == 201, placed.content
    return dict(placed.json())


def test_split_over_a_gift_card_and_a_gateway(api: Partner, wanted: dict[str, Any], mug: Product) -> None:
    body = wanted | {"payments": [by_gift(a_card("10.00")), OK]}
    body.pop("payment")
    placed = api.post("/orders", body)

    assert placed.status_code == 201, placed.content
    order = placed.json()
    assert (order["status"], order["payment_status"], order["totals"]["balance"]) == ("confirmed", "authorized", "0.00")
    assert [(row["gateway"], row["amount"], row["status"]) for row in order["payments"]] == [
        ("gift_card", "10.00", "authorized"),
        ("sandbox", "19.90", "authorized"),
    ]
    assert api.get(f"/orders/{order['number']}").json()["payments"] == order["payments"]


def test_a_declined_part_is_402_and_nothing_is_kept(api: Partner, wanted: dict[str, Any], mug: Product) -> None:
    card = a_card("10.00")
    body = wanted | {"payments": [by_gift(card), OK | {"amount": "5.00"}, {**OK, "token": "tok_decline"}]}
    body.pop("payment")
    key = str(uuid4())
    refused = api.post("/orders", body, once=key)

    assert (refused.status_code, refused.json()["code"]) == (402, "payment_declined")
    assert GiftCard.objects.get().balance == 10
    assert api.get("/orders").json()["data"] == []
    assert api.post("/orders", body, once=key).json()["code"] == "payment_declined"
    assert Order.objects.count() == 1


def test_more_than_the_total_is_refused_with_its_place(api: Partner, wanted: dict[str, Any], mug: Product) -> None:
    body = wanted | {"payments": [OK | {"amount": "29.90"}, OK | {"amount": "0.01"}]}
    body.pop("payment")
    refused = api.post("/orders", body)
    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (400, ["#/payments/1"])
    assert not Order.objects.exists()


def test_a_payment_more(api: Partner, unpaid: dict[str, Any]) -> None:
    path = f"/orders/{unpaid['number']}/payments"
    first = api.post(path, OK | {"amount": "10.00"})
    assert (first.status_code, first.json()["status"], first.json()["amount"]) == (201, "authorized", "10.00")
    order = api.get(f"/orders/{unpaid['number']}").json()
    assert (order["status"], order["payment_status"], order["totals"]["balance"]) == (
        "placed",
        "partially_paid",
        "19.90",
    )

    second = api.post(path, by_gift(a_card("50.00")))

    assert (second.status_code, second.json()["amount"]) == (201, "19.90")
    assert api.get(f"/orders/{unpaid['number']}").json()["status"] == "confirmed"
    assert api.post(path, OK).json()["code"] == "not_payable"


def test_it_needs_a_key_and_acts_once(api: Partner, unpaid: dict[str, Any]) -> None:
    path, key = f"/orders/{unpaid['number']}/payments", str(uuid4())
    first = api.post(path, OK | {"amount": "10.00"}, once=key)
    again = api.post(path, OK | {"amount": "10.00"}, once=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert Payment.objects.count() == 1
    assert api.post(path, OK | {"amount": "11.00"}, once=key).json()["code"] == "idempotency_conflict"
    assert api.post(path, OK, once=None).json()["code"] == "idempotency_key_required"
    assert Payment.objects.count() == 1


def test_a_decline_is_402_and_leaves_the_failed_payment(api: Partner, unpaid: dict[str, Any]) -> None:
    path, key = f"/orders/{unpaid['number']}/payments", str(uuid4())
    for _ in range(2):
        refused = api.post(path, {**OK, "token": "tok_decline"}, once=key)
        assert (refused.status_code, refused.json()["code"]) == (402, "payment_declined")
    assert refused["Idempotent-Replayed"] == "true"
    order = api.get(f"/orders/{unpaid['number']}").json()
    assert [row["status"] for row in order["payments"]] == ["failed"]
    assert order["holds"] == []
    assert (order["status"], order["version"], order["totals"]) == ("placed", unpaid["version"], unpaid["totals"])


def test_a_customer_who_must_act_gets_an_address(api: Partner, unpaid: dict[str, Any]) -> None:
    made = api.post(f"/orders/{unpaid['number']}/payments", {**OK, "token": "tok_requires_action"})
    assert (made.status_code, made.json()["status"]) == (201, "requires_action")
    assert made.json()["action_url"].endswith(f"/sandbox/pay/{made.json()['id']}")


def test_a_silent_gateway_is_503_and_the_same_key_hears_the_outcome(
    api: Partner, unpaid: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Sandbox.authorize

    def silent(_self: Sandbox, _call: Call) -> Answer:
        raise NoAnswer

    monkeypatch.setattr(Sandbox, "authorize", silent)
    path, key = f"/orders/{unpaid['number']}/payments", str(uuid4())
    assert api.post(path, OK, once=key).status_code == 503
    assert api.post(path, OK, once=key).json()["code"] == "idempotency_in_flight"
    assert api.post(path, OK).json()["code"] == "payment_in_flight"
    monkeypatch.setattr(Sandbox, "authorize", real)
    PaymentTransaction.objects.update(due_at="2026-01-01T00:00:00Z")
    settle_payments()

    for _ in range(2):
        outcome = api.post(path, OK, once=key)
        assert (outcome.status_code, outcome.json()["status"]) == (201, "authorized")
    assert Payment.objects.count() == 1
    assert IdempotencyKey.objects.get(key=key).status == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"gateway": "gift_card"}, "#/token"),
        ({"gateway": "sandbox", "token": "tok_ok", "amount": "0"}, "#/amount"),
        ({"gateway": "sandbox", "token": "tok_ok", "amount": "1.001"}, "#/amount"),
        ({"gateway": "cash"}, "#/gateway"),
        ({}, "#/gateway"),
    ],
)
def test_bad_input_is_400_with_its_place(api: Partner, unpaid: dict[str, Any], body: Any, pointer: str) -> None:
    refused = api.post(f"/orders/{unpaid['number']}/payments", body)
    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (400, [pointer])
    assert not Payment.objects.exists()


def test_money_by_hand_is_recorded_as_before(api: Partner, unpaid: dict[str, Any]) -> None:
    made = api.post(f"/orders/{unpaid['number']}/payments", {"gateway": "manual", "amount": "29.90", "note": "bank"})
    assert (made.status_code, made.json()["status"]) == (201, "captured")
    assert api.get(f"/orders/{unpaid['number']}").json()["status"] == "confirmed"


def test_another_partners_order_is_not_there(api: Partner, stranger: Partner, unpaid: dict[str, Any]) -> None:
    assert stranger.post(f"/orders/{unpaid['number']}/payments", OK).status_code == 404
    assert not Payment.objects.exists()


def test_the_customers_credit_pays_and_a_refund_becomes_credit(api: Partner, unpaid: dict[str, Any]) -> None:
    credit_of(unpaid["customer"]["email"], "10.00")
    paid = api.post(f"/orders/{unpaid['number']}/payments", {"gateway": "store_credit"})
    assert (paid.status_code, paid.json()["amount"]) == (201, "10.00")
    assert StoreCredit.objects.get().balance == 0
    api.post(f"/orders/{unpaid['number']}/payments", {"gateway": "manual", "amount": "19.90"})
    refused = api.post(
        f"/orders/{unpaid['number']}/refunds", {"amount": "5.00", "reason": "staff", "refund_to": "cash"}
    )
    assert [e["pointer"] for e in refused.json()["errors"]] == ["#/refund_to"]
