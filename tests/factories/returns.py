"""Factories of the returns floor, and a return up to each of its steps, through the real services."""

from collections.abc import Mapping

import factory
from factory.django import DjangoModelFactory

from orders.kernel.actor import CUSTOMER
from orders.models import Order
from returns.models import Return, ReturnRule
from returns.services.receive_return import receive_return
from returns.services.request_return import WantedReturn, request_return
from returns.states import ReturnReason
from tests.factories.shipping import PACKER


class ReturnRuleFactory(DjangoModelFactory[ReturnRule]):
    """Thirty days from delivery, approved at once, three weeks to send it."""

    class Meta:
        model = ReturnRule

    name = factory.Sequence(lambda n: f"rule {n}")
    window_days = 30
    send_back_days = 21
    is_auto_approved = True


def requested(order: Order, units: Mapping[str, int]) -> Return:
    """The customer asks to send back units by SKU; approved at once where the rule says so."""
    lines = {line.sku: line.public_id for line in order.lines.all()}
    wanted = [
        WantedReturn(order_line=lines[sku], quantity=n, reason=ReturnReason.TOO_SMALL) for sku, n in units.items()
    ]
    return request_return(order.pk, lines=wanted, by=CUSTOMER)


def line_ids(returning: Return) -> dict[str, str]:
    """The return's lines by SKU."""
    return {line.line.sku: line.public_id for line in returning.lines.select_related("line")}


def received(returning: Return) -> Return:
    """All of it lies on the returns desk."""
    lines = {line.public_id: line.quantity for line in returning.lines.all()}
    return receive_return(returning.pk, received=lines, by=PACKER)
