"""Shipments and returns over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from orders.models import OrderEvent
from returns.models import Return, ReturnRule
from shipping.models import TrackingEvent
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.api.stories import on_its_way, with_label

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]


def news(status: str, *, minutes: int = 0, event_id: str = "") -> dict[str, Any]:
    at = timezone.now() + timedelta(minutes=minutes)
    return {
        "event_id": event_id or f"{status}-1",
        "status": status,
        "occurred_at": at.isoformat(),
        "place": "Berlin",
        "detail": "",
    }


def test_a_shipment_is_told_in_full(api: Partner, stranger: Partner, paid: dict[str, Any]) -> None:
    order, shipment = on_its_way(api, paid)
    body = api.get(f"/shipments/{shipment.public_id}").json()

    lines = api.get(f"/orders/{order.number}").json()["lines"]
    package = shipment.parcels.get()
    assert (body["id"], body["status"], body["orders"]) == (shipment.public_id, "shipped", [order.number])
    assert (body["carrier"], body["service"], body["tracking_number"]) == (
        "house",
        "standard",
        shipment.tracking_number,
    )
    assert body["tracking_url"] == f"https://vans.example.com/{shipment.tracking_number}"
    assert body["packages"] == [
        {
            "id": package.package.public_id,
            "box": "m",
            "weight_g": 150 + 4 * 300,
            "tracking_number": package.tracking_number,
            "lines": [{"order_line": line["id"], "sku": line["sku"], "quantity": 2} for line in lines],
        }
    ]
    assert datetime.fromisoformat(body["shipped_at"]) == shipment.shipped_at
    assert body["delivered_at"] is None
    assert api.get("/shipments").json()["data"] == [body]
    assert api.get(f"/orders/{order.number}", expand="shipments,returns").json()["shipments"] == [body]
    assert stranger.get("/shipments").json()["data"] == []
    assert stranger.get(f"/shipments/{shipment.public_id}").status_code == 404


def test_lists_are_narrowed(api: Partner, paid: dict[str, Any]) -> None:
    order, shipment = on_its_way(api, paid)
    for query in (
        {"order": order.number},
        {"status": "shipped"},
        {"status__in": "ready,shipped"},
        {"tracking_number": shipment.tracking_number},
        {"sort": "created_at", "limit": 1},
    ):
        assert len(api.get("/shipments", **query).json()["data"]) == 1
    assert api.get("/shipments", status="ready").json()["data"] == []
    assert api.get("/shipments", order="0000-0000-0").json()["data"] == []


def test_its_papers_can_be_printed(api: Partner, stranger: Partner, paid: dict[str, Any]) -> None:
    _, shipment = with_label(api, paid)
    documents = api.get(f"/shipments/{shipment.public_id}").json()["documents"]

    assert sorted(document["kind"] for document in documents) == ["label", "label_zpl", "packing_slip"]
    for document in documents:
        path = document["url"].removeprefix(f"{settings.SITE_URL}/api/v1")
        response = api._client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {api.secret}"})
        assert (response.status_code, response["Content-Type"]) == (200, document["content_type"])
        assert response.content.startswith(b"^XA" if document["kind"] == "label_zpl" else b"%PDF")
        assert stranger.get(path).status_code == 404
        assert api.get(f"{path}x").status_code == 404


def test_news_move_shipment_and_order(api: Partner, paid: dict[str, Any]) -> None:
    order, shipment = on_its_way(api, paid)
    path = f"/shipments/{shipment.public_id}/tracking-events"
    first = api.post(path, news("in_transit"))
    assert first.status_code == 201
    assert {k: v for k, v in first.json().items() if k != "occurred_at"} == {
        "event_id": "in_transit-1",
        "status": "in_transit",
        "place": "Berlin",
        "detail": "",
    }
    assert api.get(f"/shipments/{shipment.public_id}").json()["tracking_status"] == "in_transit"

    delivered = news("delivered", minutes=1)
    assert api.post(path, delivered, once=None).status_code == 201
    told = api.get(f"/shipments/{shipment.public_id}").json()
    assert (told["status"], told["tracking_status"]) == ("delivered", "delivered")
    assert [each["event_id"] for each in told["tracking_events"]] == ["in_transit-1", "delivered-1"]
    shown = api.get(f"/orders/{order.number}").json()
    assert (shown["status"], shown["fulfillment_status"]) == ("completed", "delivered")

    with nothing_changes():
        assert api.post(path, delivered, once=None).status_code == 201
    event = OrderEvent.objects.get(type="shipment.delivered")
    assert (event.actor_kind, event.actor_name) == ("partner", "Shop")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"status": "lost"}, "#/status"),
        ({"occurred_at": "yesterday"}, "#/occurred_at"),
        ({"occurred_at": "2026-11-22T10:00:00"}, "#/occurred_at"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, "#/occurred_at"),
        ({"event_id": ""}, "#/event_id"),
        ({"event_id": "x" * 129}, "#/event_id"),
        ({"place": "a\x00"}, "#/place"),
        ({"where": "Berlin"}, "#/where"),
    ],
)
def test_odd_news_are_refused(api: Partner, paid: dict[str, Any], change: dict[str, Any], pointer: str) -> None:
    _, shipment = on_its_way(api, paid)
    with nothing_changes():
        response = api.post(f"/shipments/{shipment.public_id}/tracking-events", news("in_transit") | change)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)


def test_nobody_tells_news_of_shipments_of_others(api: Partner, stranger: Partner, paid: dict[str, Any]) -> None:
    _, shipment = on_its_way(api, paid)
    response = stranger.post(f"/shipments/{shipment.public_id}/tracking-events", news("delivered"))
    assert response.status_code == 404
    assert not TrackingEvent.objects.exists()


# --- returns


@pytest.fixture
def arrived(api: Partner, paid: dict[str, Any]) -> dict[str, Any]:
    """An order that was delivered today, and rules that let it come back."""
    ReturnRule.objects.create(name="30 days")
    order, shipment = on_its_way(api, paid)
    api.post(f"/shipments/{shipment.public_id}/tracking-events", news("delivered"))
    told: dict[str, Any] = api.get(f"/orders/{order.number}").json()
    return told


def wish(order: dict[str, Any], **changes: Any) -> dict[str, Any]:
    line = {"order_line": order["lines"][0]["id"], "quantity": 1, "reason": "too_small", "note": "Too\nsmall"}
    return {"order": order["number"], "kind": "return", "lines": [line | changes], "exchange_lines": []}


def test_a_return_is_asked_for_and_approved(api: Partner, stranger: Partner, arrived: dict[str, Any]) -> None:
    first = api.post("/returns", wish(arrived), once="k-1")
    with nothing_changes():
        again = api.post("/returns", wish(arrived), once="k-1")

    row = Return.objects.get()
    assert first.status_code == 201, first.content
    body = first.json()
    assert (body["id"], body["order"], body["kind"], body["status"]) == (
        row.public_id,
        arrived["number"],
        "return",
        "approved",
    )
    assert (body["refund_estimate"], body["currency"]) == ("12.50", "EUR")
    assert body["label_url"].startswith(settings.SITE_URL)
    assert [(each["order_line"], each["sku"], each["quantity"], each["reason"]) for each in body["lines"]] == [
        (arrived["lines"][0]["id"], "MUG", 1, "too_small")
    ]
    assert first["Location"] == f"/api/v1/returns/{row.public_id}"
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert api.get(f"/returns/{row.public_id}").json() == body
    assert api.get("/returns", order=arrived["number"], status="approved").json()["data"] == [body]
    assert api.get(f"/orders/{arrived['number']}", expand="returns").json()["returns"] == [body]
    assert api.get(f"/orders/{arrived['number']}").json()["return_status"] == "in_return"
    assert stranger.get("/returns").json()["data"] == []
    assert stranger.get(f"/returns/{row.public_id}").status_code == 404
    assert stranger.post(f"/returns/{row.public_id}/cancel").status_code == 404


def test_a_return_can_be_called_off(api: Partner, arrived: dict[str, Any]) -> None:
    name = api.post("/returns", wish(arrived)).json()["id"]
    told = api.post(f"/returns/{name}/cancel", once="k-1")
    again = api.post(f"/returns/{name}/cancel", once="k-1")

    assert (told.status_code, told.json()["status"]) == (200, "cancelled")
    assert again.content == told.content
    assert api.get(f"/orders/{arrived['number']}").json()["return_status"] == "none"
    with nothing_changes():
        late = api.post(f"/returns/{name}/cancel", {})
        odd = api.post(f"/returns/{name}/cancel", {"why": "x"})
    assert (late.status_code, late.json()["code"]) == (409, "wrong_return_status")
    assert odd.status_code == 400


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"quantity": 3}, 409, "#/lines/0/quantity"),
        ({"quantity": 0}, 400, "#/lines/0/quantity"),
        ({"order_line": "ol_0000000000000000"}, 400, "#/lines/0/order_line"),
        ({"reason": "bored"}, 400, "#/lines/0/reason"),
        ({"note": "a\x00"}, 400, "#/lines/0/note"),
    ],
)
def test_bad_returns_change_nothing(
    api: Partner, arrived: dict[str, Any], changes: dict[str, Any], status: int, pointer: str
) -> None:
    with nothing_changes():
        response = api.post("/returns", wish(arrived, **changes))
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (status, pointer)


def test_only_returns_for_now_and_only_with_a_key(api: Partner, stranger: Partner, arrived: dict[str, Any]) -> None:
    with nothing_changes():
        answers = [
            api.post("/returns", wish(arrived) | {"kind": "exchange"}),
            api.post("/returns", wish(arrived) | {"exchange_lines": ["MUG"]}),
            api.post("/returns", wish(arrived), once=None),
            stranger.post("/returns", wish(arrived)),
        ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 404]


def test_what_has_not_left_cannot_come_back(api: Partner, paid: dict[str, Any]) -> None:
    ReturnRule.objects.create(name="30 days")
    order, _ = with_label(api, paid)
    shown = api.get(f"/orders/{order.number}").json()
    with nothing_changes():
        response = api.post("/returns", wish(shown))
    assert (response.status_code, response.json()["code"]) == (409, "not_returnable")
