"""What may come back, until when, and for how much; a refusal changes nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from orders.errors import InvalidRequest
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.models import Notification, Order, OrderEvent
from returns.errors import NotReturnable
from returns.models import Return, ReturnRule
from returns.selectors import returnable_lines, rule_for, today_at
from returns.services.request_return import WantedReturn, request_return
from returns.states import ReturnReason
from shipping.models import Shipment
from tests.factories.orders import ChannelFactory, ProductFactory
from tests.factories.returns import ReturnRuleFactory, requested
from tests.factories.shipping import confirmed_order, delivered_days_ago, dispatched, stocked
from tests.returns.shops import order
from tests.warehouse.clock import at
from warehouse.models import Warehouse

__all__ = ["order"]
pytestmark = pytest.mark.django_db


def refused(order: Order, error: type[DomainError], *wanted: WantedReturn) -> DomainError:
    """It says no, and nothing has changed."""

    def state() -> list[object]:
        counts = [model.objects.count() for model in (Return, OrderEvent, Notification)]
        return [counts, list(order.lines.values("return_requested", "returned"))]

    before = state()
    with pytest.raises(error) as refusal:
        request_return(order.pk, lines=wanted, by=CUSTOMER)
    assert state() == before
    return refusal.value


def want(order: Order, sku: str, quantity: int) -> WantedReturn:
    line = order.lines.get(sku=sku)
    return WantedReturn(order_line=line.public_id, quantity=quantity, reason=ReturnReason.DAMAGED, note="crack")


def test_a_return_is_approved_by_rule_and_worth_its_share(order: Order) -> None:
    returning = request_return(order.pk, lines=[want(order, "MUG", 2), want(order, "POT", 1)], by=CUSTOMER)

    order.refresh_from_db()
    assert (returning.status, returning.requested_by) == ("approved", "customer")
    assert (returning.refund_estimate, returning.currency) == (Decimal("37.50"), "EUR")
    assert returning.expires_on == today_at(returning.warehouse) + timedelta(days=21)
    assert returning.warehouse is not None
    assert returning.warehouse.code == "BER"
    assert list(returning.lines.values_list("line__sku", "quantity", "reason", "note")) == [
        ("MUG", 2, "damaged", "crack"),
        ("POT", 1, "damaged", "crack"),
    ]
    assert list(order.lines.values_list("return_requested", "returned")) == [(2, 0), (1, 0)]
    assert order.return_status == "in_return"
    events = OrderEvent.objects.filter(order=order, type__startswith="return.").order_by("seq")
    assert [event.type for event in events] == ["return.requested", "return.approved"]
    assert events[0].data == {
        "return": returning.public_id,
        "number": order.number,
        "is_auto_approved": True,
        "refund_estimate": "37.50",
        "currency": "EUR",
        "lines": [
            {"line": order.lines.get(sku="MUG").public_id, "sku": "MUG", "quantity": 2},
            {"line": order.lines.get(sku="POT").public_id, "sku": "POT", "quantity": 1},
        ],
    }
    mails = Notification.objects.filter(template__startswith="returns/")
    assert [mail.template for mail in mails] == ["returns/mail/approved"]


def test_without_auto_approval_it_waits(order: Order) -> None:
    ReturnRule.objects.update(is_auto_approved=False)
    returning = requested(order, {"MUG": 1})
    order.refresh_from_db()
    assert (returning.status, returning.expires_on, order.return_status) == ("requested", None, "requested")
    mails = Notification.objects.filter(template__startswith="returns/")
    assert [mail.template for mail in mails] == ["returns/mail/requested"]


def test_units_are_in_one_return_only(order: Order) -> None:
    requested(order, {"MUG": 2})
    refusal = refused(order, NotReturnable, want(order, "MUG", 2))
    assert [(e.pointer, e.detail) for e in refusal.errors] == [
        ("#/lines/0/quantity", "Of Mug, 1 to 1 can be sent back.")
    ]
    requested(order, {"MUG": 1})
    refused(order, NotReturnable, want(order, "MUG", 1))
    assert order.lines.get(sku="MUG").return_requested == 3


def test_each_faulty_line_is_named(order: Order) -> None:
    refusal = refused(order, NotReturnable, want(order, "POT", 1), want(order, "MUG", 4))
    assert [error.pointer for error in refusal.errors] == ["#/lines/1/quantity"]
    refused(order, NotReturnable, want(order, "MUG", 0))
    unknown = WantedReturn(order_line="ol_unknown", quantity=1, reason=ReturnReason.OTHER)
    refusal = refused(order, InvalidRequest, want(order, "MUG", 1), unknown, want(order, "MUG", 1))
    assert [error.pointer for error in refusal.errors] == ["#/lines/1/order_line", "#/lines/2/order_line"]
    refused(order, InvalidRequest)


@pytest.mark.parametrize(("days", "is_open"), [(30, True), (31, False)])
def test_the_window_counts_from_delivery(order: Order, days: int, is_open: bool) -> None:
    delivered_days_ago(days)
    if is_open:
        assert requested(order, {"MUG": 1}).status == "approved"
    else:
        refusal = refused(order, NotReturnable, want(order, "MUG", 1))
        assert refusal.errors[0].detail == "The time to send Mug back is over."


def test_what_is_on_its_way_may_come_back_and_what_never_left_may_not(order: Order) -> None:
    travelling = confirmed_order([(stocked(ProductFactory(sku="BOWL")), 1)])
    refused(travelling, NotReturnable, want(travelling, "BOWL", 1))
    dispatched(travelling)
    assert requested(travelling, {"BOWL": 1}).status == "approved"


def test_the_channels_own_rule_comes_before_the_general_one(order: Order) -> None:
    ReturnRuleFactory(channel=ChannelFactory(), is_auto_approved=False, priority=99)
    assert requested(order, {"MUG": 1}).status == "requested"


def test_without_a_rule_nothing_comes_back(order: Order) -> None:
    ReturnRule.objects.update(is_active=False)
    refused(order, NotReturnable, want(order, "MUG", 1))


@pytest.mark.parametrize(("zone", "until"), [("Europe/Berlin", date(2026, 12, 24)), ("UTC", date(2026, 12, 23))])
def test_the_window_ends_at_the_midnight_of_the_warehouse(order: Order, zone: str, until: date) -> None:
    Warehouse.objects.update(timezone=zone)
    Shipment.objects.update(delivered_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))

    def window() -> tuple[date | None, bool]:
        entry = returnable_lines(order, rule_for(order))[0]
        return entry.until, entry.is_open

    with at("2026-12-23T23:30:00+00:00"):
        assert window() == (until, True)
    with at("2026-12-24T22:59:00+00:00"):
        assert window() == (until, zone == "Europe/Berlin")
    with at("2026-12-24T23:01:00+00:00"):
        assert window() == (until, False)
