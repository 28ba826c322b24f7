"""A real invoice of thirty lines, from the partner's API to the customer's door."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from config.demo.baskets import stock_articles
from config.demo.teller import Storyteller
from config.imports.dimensions import read_dimensions
from config.imports.invoice import Invoice
from config.imports.online_retail import read_invoices
from config.imports.sample import SAMPLE_DIMENSIONS, SAMPLE_INVOICES
from orders.mailer import send_due_messages
from orders.models import Order
from tests.api.client import Partner
from warehouse.models import StockLevel, StockMovement

THIRTY_LINES = "542601"


@pytest.fixture
def invoice(shop: Any) -> Invoice:
    (found,) = (i for i in read_invoices(SAMPLE_INVOICES) if i.number == THIRTY_LINES)
    stock_articles([found], read_dimensions(SAMPLE_DIMENSIONS))
    return found


def body_of(invoice: Invoice) -> dict[str, Any]:
    """The invoice as a shop would send it today."""
    return {
        "external_ref": invoice.number,
        "channel": "web",
        "currency": "EUR",
        "customer": {"email": "buyer@example.com", "name": "Grace Hopper", "language": "en"},
        "shipping_address": {
            "name": "Grace Hopper",
            "line1": "Damrak 1",
            "city": "Amsterdam",
            "postal_code": "1012 LG",
            "country": "NL",
        },
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_price": str(line.unit_price), "tax_rate": "0.21"}
            for line in invoice.lines
        ],
        "shipping_method": "standard",
        "shipping_price": "0.00",
        "payment": {"gateway": "sandbox", "token": "tok_ok"},
    }


@pytest.mark.timeout(180)
def test_thirty_lines_from_the_click_to_the_door(
    invoice: Invoice, api: Partner, floor: Storyteller, mailoutbox: Any
) -> None:
    assert len(invoice.lines) == 30
    units = sum(line.quantity for line in invoice.lines)

    answer = api.post("/orders", body_of(invoice))

    assert answer.status_code == 201, answer.content
    placed = answer.json()
    assert (placed["status"], placed["payment_status"], len(placed["lines"])) == ("confirmed", "authorized", 30)
    assert D(placed["totals"]["total"]) == invoice.amount
    assert sum(line["quantities"]["allocated"] for line in placed["lines"]) == units
    order = Order.objects.get(number=placed["number"])

    floor.dispatch(order)

    shipped = api.get(f"/orders/{order.number}").json()
    assert (shipped["fulfillment_status"], shipped["payment_status"]) == ("shipped", "paid")
    assert D(shipped["totals"]["captured"]) == invoice.amount
    (invoiced,) = order.invoices.all()
    assert (invoiced.total, invoiced.lines.count()) == (invoice.amount, 30)
    left = StockMovement.objects.filter(kind="shipped").values_list("on_hand_delta", flat=True)
    assert -sum(left) == units
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {0}

    for shipment in api.get("/shipments").json()["data"]:
        for number, status in enumerate(("delivered", "in_transit")):  # news arrives in any order
            moment = (timezone.now() - timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
            news = {"event_id": f"n{number}", "status": status, "occurred_at": moment}
            assert api.post(f"/shipments/{shipment['id']}/tracking-events", news).status_code == 201

    done = api.get(f"/orders/{order.number}", expand="shipments,events").json()
    assert (done["status"], done["fulfillment_status"]) == ("completed", "delivered")
    assert sum(line["quantities"]["delivered"] for line in done["lines"]) == units
    assert [shipment["tracking_status"] for shipment in done["shipments"]] == ["delivered"]
    types = [event["type"] for event in done["events"]]
    assert types.count("order.placed") == types.count("shipment.dispatched") == types.count("order.completed") == 1
    send_due_messages()
    assert {mail.to[0] for mail in mailoutbox} == {"buyer@example.com"}
    assert len(mailoutbox) == 3  # received, on its way, arrived
    call_command("audit")
