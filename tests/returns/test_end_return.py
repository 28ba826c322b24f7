"""Returns that end before anything comes back free their units."""

from datetime import date, timedelta

import pytest

from orders.models import Notification, Order, OrderEvent
from returns.errors import WrongReturnStatus
from returns.models import Return, ReturnRule
from returns.selectors import overdue_return_ids, today_at
from returns.services.approve_return import approve_return
from returns.services.cancel_return import cancel_return
from returns.services.decline_return import decline_return
from returns.services.send_return import send_return
from returns.tasks import expire_returns
from tests.factories.returns import received, requested
from tests.factories.shipping import PACKER
from tests.returns.shops import order
from tests.warehouse.clock import at
from warehouse.models import Warehouse

__all__ = ["order"]
pytestmark = pytest.mark.django_db


def is_free_again(order: Order) -> bool:
    order.refresh_from_db()
    return (order.lines.get(sku="MUG").return_requested, order.return_status) == (0, "none")


def test_support_approves_or_declines_with_a_reason(order: Order) -> None:
    ReturnRule.objects.update(is_auto_approved=False)
    declined, approved = requested(order, {"MUG": 1}), requested(order, {"POT": 1})

    decline_return(declined.pk, reason="It was used.", by=PACKER)
    approve_return(approved.pk, by=PACKER)

    declined.refresh_from_db()
    order.refresh_from_db()
    assert (declined.status, declined.decline_reason) == ("declined", "It was used.")
    assert list(order.lines.values_list("return_requested", flat=True)) == [0, 1]
    assert order.return_status == "in_return"
    mail = Notification.objects.get(template="returns/mail/declined")
    assert mail.context["reason"] == "It was used."
    for service in (lambda pk: approve_return(pk, by=PACKER), lambda pk: decline_return(pk, reason="", by=PACKER)):
        with pytest.raises(WrongReturnStatus):
            service(declined.pk)


def test_the_customer_keeps_it_after_all(order: Order) -> None:
    returning = requested(order, {"MUG": 3})
    cancel_return(returning.pk, by=PACKER)
    assert is_free_again(order)
    assert OrderEvent.objects.filter(order=order).latest("seq").type == "return.cancelled"
    with pytest.raises(WrongReturnStatus):
        cancel_return(returning.pk, by=PACKER)
    assert requested(order, {"MUG": 3}).status == "approved"


def test_what_was_sent_cant_be_cancelled_and_doesnt_expire(order: Order) -> None:
    returning = requested(order, {"MUG": 1})
    send_return(returning.pk, tracking_number="H123", by=PACKER)
    with pytest.raises(WrongReturnStatus):
        send_return(returning.pk, by=PACKER)
    with pytest.raises(WrongReturnStatus):
        cancel_return(returning.pk, by=PACKER)
    Return.objects.update(expires_on=today_at(Warehouse.objects.get()) - timedelta(days=9))
    expire_returns()
    returning.refresh_from_db()
    assert (returning.status, returning.tracking_number) == ("in_transit", "H123")
    assert received(returning).status == "received"


@pytest.mark.parametrize(("days", "status"), [(0, "approved"), (1, "expired")])
def test_it_expires_on_the_day_after_its_last(order: Order, days: int, status: str) -> None:
    returning = requested(order, {"MUG": 1})
    Return.objects.update(expires_on=today_at(Warehouse.objects.get()) - timedelta(days=days))
    expire_returns()
    expire_returns()
    returning.refresh_from_db()
    assert returning.status == status
    assert is_free_again(order) == (status == "expired")
    assert OrderEvent.objects.filter(type="return.expired").count() == (status == "expired")


@pytest.mark.parametrize(("zone", "expires_on"), [("Europe/Berlin", date(2026, 12, 15)), ("UTC", date(2026, 12, 14))])
def test_days_change_at_the_midnight_of_the_warehouse(order: Order, zone: str, expires_on: date) -> None:
    Warehouse.objects.update(timezone=zone)
    with at("2026-11-23T23:30:00+00:00"):
        returning = requested(order, {"MUG": 1})
    assert (returning.status, returning.expires_on) == ("approved", expires_on)

    def expired(moment: str) -> bool:
        with at(moment):
            expire_returns()
        returning.refresh_from_db()
        return returning.status == "expired"

    # Its last day ends an hour earlier in Berlin than in Greenwich.
    with at("2026-12-15T22:59:00+00:00"):
        assert overdue_return_ids() == [returning.pk]
    assert expired("2026-12-15T22:59:00+00:00") == (zone == "UTC")
    assert expired("2026-12-15T23:01:00+00:00")
