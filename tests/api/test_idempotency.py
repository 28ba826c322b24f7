"""The same POST twice acts once, over HTTP."""

from typing import Any

import pytest
from django.utils import timezone

from orders.errors import GatewayUnavailable
from orders.models import IdempotencyKey, Notification, Order, OrderEvent, PaymentTransaction, Product
from orders.services import place
from orders.services.settle import settle_payments
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db


def test_a_repeated_placement_gets_the_same_answer(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    first = api.post("/orders", paid, once="k-1")
    with nothing_changes():
        second = api.post("/orders", paid, once="k-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])
    assert second["Content-Type"] == "application/json"
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Order.objects.count() == 1


def test_the_key_may_be_bare_or_quoted(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    first = api.post("/orders", wanted, once="k-1")
    second = api.post("/orders", wanted, once='"k-1"')
    assert (second.content, second["Idempotent-Replayed"]) == (first.content, "true")


def test_without_a_key_nothing_is_placed(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    with nothing_changes():
        response = api.post("/orders", wanted, once=None)

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize("key", ["x" * 256, "clé", "\xa0", '""', " ", "a\x00b"])
def test_an_odd_key_is_refused(api: Partner, mug: Product, wanted: dict[str, Any], key: str) -> None:
    with nothing_changes():
        response = api.post("/orders", wanted, once=key)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"] == [
        {"pointer": "Idempotency-Key", "code": "format", "detail": "1 to 255 printable ASCII characters."}
    ]


@pytest.mark.parametrize("key", ["", "clé"])
def test_an_odd_key_is_refused_where_none_is_needed(
    api: Partner, mug: Product, wanted: dict[str, Any], key: str
) -> None:
    number = api.post("/orders", wanted).json()["number"]
    with nothing_changes():
        response = api.post(f"/orders/{number}/hold", {"reason": "other"}, once=None, headers={"Idempotency-Key": key})

    assert (response.status_code, [e["pointer"] for e in response.json()["errors"]]) == (400, ["Idempotency-Key"])


def test_a_key_of_255_characters_is_fine(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    assert api.post("/orders", wanted, once="x" * 255).status_code == 201


def test_the_same_key_with_another_body_is_a_conflict(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    api.post("/orders", wanted, once="k-1")
    wanted["external_ref"] = "web-10024"
    with nothing_changes():
        response = api.post("/orders", wanted, once="k-1")

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_conflict")


def test_keys_of_others_do_not_matter(api: Partner, stranger: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    first = api.post("/orders", wanted, once="k-1").json()
    second = stranger.post("/orders", wanted, once="k-1").json()
    assert first["number"] != second["number"]


def test_a_request_in_flight_is_told_to_wait(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    api.post("/orders", wanted, once="k-1")
    IdempotencyKey.objects.update(status=None, order=None)
    with nothing_changes():
        response = api.post("/orders", wanted, once="k-1")

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_in_flight")
    assert response["Retry-After"] == "1"
    assert IdempotencyKey.objects.get().status is None


def test_a_refusal_of_the_shelf_is_remembered(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    wanted["lines"][0]["quantity"] = 11
    first = api.post("/orders", wanted, once="k-1")
    StockLevel.objects.update(on_hand=100)
    second = api.post("/orders", wanted, once="k-1")

    assert (first.status_code, second.status_code) == (409, 409)
    assert second.content == first.content
    assert (second["Content-Type"], second["Idempotent-Replayed"]) == ("application/problem+json", "true")
    assert api.post("/orders", wanted, once="k-2").status_code == 201


def test_a_declined_payment_is_remembered(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    paid["payment"]["token"] = "tok_decline"
    first = api.post("/orders", paid, once="k-1")
    second = api.post("/orders", paid, once="k-1")

    assert (first.status_code, second.status_code) == (402, 402)
    assert (second.content, second["Idempotent-Replayed"]) == (first.content, "true")
    assert Order.objects.count() == 1


def test_an_invalid_request_is_not_remembered(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    wanted["lines"][0]["sku"] = "NOPE"
    assert api.post("/orders", wanted, once="k-1").status_code == 400
    assert not IdempotencyKey.objects.exists()

    wanted["lines"][0]["sku"] = "MUG-BLUE"
    assert api.post("/orders", wanted, once="k-1").status_code == 201


def test_an_error_of_ours_is_not_remembered(
    api: Partner, mug: Product, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError

    with monkeypatch.context() as patched, nothing_changes():
        patched.setattr(place, "announce", broken)
        assert api.post("/orders", wanted, once="k-1").status_code == 500

    assert not IdempotencyKey.objects.exists()
    assert api.post("/orders", wanted, once="k-1").status_code == 201


@pytest.fixture
def silent_gateway(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The gateway is asked and its answer never written down: the process dies in between."""

    def dies(*args: Any, **kwargs: Any) -> Any:
        raise GatewayUnavailable("The payment gateway did not answer yet.")

    monkeypatch.setattr(place, "apply_answer", dies)
    return monkeypatch


def completed() -> None:
    """A while later the completer takes over what a request left behind."""
    PaymentTransaction.objects.update(due_at=timezone.now())
    settle_payments()


@pytest.mark.parametrize(("token", "status"), [("tok_ok", 201), ("tok_decline", 402)])
def test_a_retry_after_a_death_gets_what_the_order_came_to(
    api: Partner,
    mug: Product,
    paid: dict[str, Any],
    silent_gateway: pytest.MonkeyPatch,
    token: str,
    status: int,
) -> None:
    paid["payment"]["token"] = token
    first = api.post("/orders", paid, once="k-1")
    assert (first.status_code, first["Retry-After"]) == (503, "5")
    assert api.post("/orders", paid, once="k-1").status_code == 409
    assert api.get("/orders").json()["data"] == []

    silent_gateway.undo()
    completed()
    second = api.post("/orders", paid, once="k-1")
    third = api.post("/orders", paid, once="k-1")

    assert (second.status_code, third.status_code) == (status, status)
    assert third.content == second.content
    assert third["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1


@pytest.mark.parametrize(("token", "then"), [("tok_ok", 409), ("tok_decline", 201)])
def test_an_external_ref_that_is_not_decided_yet_is_asked_again(
    api: Partner,
    mug: Product,
    paid: dict[str, Any],
    wanted: dict[str, Any],
    silent_gateway: pytest.MonkeyPatch,
    token: str,
    then: int,
) -> None:
    paid["payment"]["token"] = token
    api.post("/orders", paid, once="k-1")
    first = Order.objects.get()
    with nothing_changes():
        waiting = api.post("/orders", wanted, once="k-2")

    assert (waiting.status_code, waiting["Retry-After"]) == (409, "1")
    assert (waiting.json()["code"], "order_url" in waiting.json()) == ("external_ref_in_flight", False)
    assert waiting.json()["detail"] == (
        "external_ref: an order with it is being placed and waits for its payment gateway; retry shortly."
    )
    assert waiting.json()["errors"] == [
        {
            "pointer": "#/external_ref",
            "code": "external_ref_in_flight",
            "detail": "Used by an order that isn't decided yet.",
        }
    ]
    assert not IdempotencyKey.objects.filter(key="k-2").exists()

    silent_gateway.undo()
    completed()
    decided = api.post("/orders", wanted, once="k-2")

    assert decided.status_code == then, decided.content
    assert IdempotencyKey.objects.get(key="k-2").status == then
    if then == 409:
        assert decided.json()["code"] == "duplicate_external_ref"
        assert decided.json()["order_url"] == f"/api/v1/orders/{first.number}"


def test_optional_keys_work_the_same(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    number = api.post("/orders", wanted).json()["number"]
    hold = {"reason": "customer_request", "note": "On holiday", "release_at": None, "lines": None}
    first = api.post(f"/orders/{number}/hold", hold, once="k-1")
    second = api.post(f"/orders/{number}/hold", hold, once="k-1")
    third = api.post(f"/orders/{number}/hold", hold, once=None)

    assert (first.status_code, second.status_code, third.status_code) == (201, 201, 201)
    assert first.content == second.content != third.content
    assert OrderEvent.objects.filter(type="order.held").count() == 2
    assert Notification.objects.filter(template__endswith="held").count() == 2
