"""A customer's wish meets an agent's change, a second click, and those who decide on it: it has one outcome."""

from collections import Counter
from decimal import Decimal as D
from functools import partial

import pytest
from django.core.management import call_command

from orders.change_requests import SetQuantity
from orders.errors import AlreadyRequested, NotRequested, Stale
from orders.kernel.actor import CUSTOMER, SYSTEM, Actor, ActorKind
from orders.models import (
    Draft,
    Notification,
    Order,
    OrderCancellation,
    OrderChange,
    OrderEvent,
    OrderLine,
    ProcessException,
)
from orders.requests import WantedLine
from orders.services.change import change_order
from orders.services.decide_change import approve_change, decline_change
from orders.services.place import place_order
from orders.services.preview_change import preview_change
from orders.services.reorder import Reordered, reorder
from orders.services.request_change import request_change, withdraw_change
from orders.services.settle import settle_payments
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.shipping import stocked
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once
from warehouse.models import Allocation, StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor(kind=ActorKind.STAFF, name="ann")
BEN = Actor(kind=ActorKind.STAFF, name="ben")


@pytest.fixture(autouse=True)
def shop() -> None:
    ShippingMethodFactory()
    for sku, price in (("MUG", "12.50"), ("CUP", "3.33")):
        stocked(ProductFactory(sku=sku, price=D(price)), 100)


def placed() -> Order:
    """Two mugs and three cups with shipping: 39.89."""
    lines = (WantedLine(sku="MUG", quantity=2), WantedLine(sku="CUP", quantity=3))
    return place_order(an_order(*lines, payment=PAID), by=SYSTEM)


def fewer(order: Order, sku: str) -> SetQuantity:
    return SetQuantity(line=order.lines.get(sku=sku).public_id, quantity=1)


def wished() -> OrderChange:
    order = placed()
    return request_change(order.pk, [fewer(order, "CUP")], by=CUSTOMER)


def units(order: Order) -> dict[str, int]:
    return {line.sku: line.active for line in OrderLine.objects.filter(order=order)}


def events(order: Order, kind: str) -> list[str]:
    return list(OrderEvent.objects.filter(order=order, type=kind).values_list("actor_name", flat=True))


def question(order: Order) -> tuple[str, str]:
    return ProcessException.objects.values_list("status", "resolution").get(order=order)


def clean() -> None:
    """What is reserved is what is still ordered, and nothing contradicts itself."""
    settle_payments()
    reserved = sum(Allocation.objects.filter(status="open").values_list("quantity", flat=True))
    assert reserved == sum(StockLevel.objects.values_list("allocated", flat=True))
    assert reserved == sum(sum(units(order).values()) for order in Order.objects.exclude(status="draft"))
    call_command("audit", verbosity=0)


def test_a_wish_against_an_agents_change_says_what_is_true_of_the_order() -> None:
    """Kept as it was previewed, for the version that it names; or refused, when the order changed in between."""
    for _ in range(2):
        order = placed()
        cups, mugs = [fewer(order, "CUP")], [fewer(order, "MUG")]
        alone = preview_change(order.pk, cups, by=CUSTOMER).change
        assert (alone.total_before, alone.total_after) == (D("39.89"), D("33.23"))

        wish, change = at_once(
            [partial(request_change, order.pk, cups, by=CUSTOMER), partial(change_order, order.pk, mugs, by=ANN)]
        )

        assert isinstance(change, OrderChange)
        assert (change.status, units(order)) == ("confirmed", {"MUG": 1, "CUP": 3})
        waiting = OrderChange.objects.filter(order=order, status="requested")
        if isinstance(wish, Exception):
            assert isinstance(wish, Stale)
            assert not waiting.exists()
            assert not ProcessException.objects.filter(order=order).exists()
            assert events(order, "change.requested") == []
        else:
            kept = waiting.get()
            told = (kept.version_before, kept.total_before, kept.total_after)
            first = (alone.version_before, D("39.89"), D("33.23"))
            after = (Order.objects.get(pk=order.pk).version, D("27.39"), D("20.73"))
            assert told in {first, after}
            assert question(order) == ("open", "")
            approve_change(kept.pk, by=ANN)  # as the order is now
            assert units(order) == {"MUG": 1, "CUP": 1}
            assert Order.objects.get(pk=order.pk).total == D("20.73")
    clean()


def test_two_clicks_are_one_wish() -> None:
    order = placed()

    outcomes = at_once([partial(request_change, order.pk, [fewer(order, "CUP")], by=CUSTOMER)] * 2)

    assert Counter(type(outcome) for outcome in outcomes) == {OrderChange: 1, AlreadyRequested: 1}
    assert OrderChange.objects.get().status == "requested"
    assert (question(order), events(order, "change.requested")) == (("open", ""), ["customer"])
    assert units(order) == {"MUG": 2, "CUP": 3}
    clean()


def test_two_clicks_where_the_channel_makes_it_at_once_make_it_once() -> None:
    order = placed()
    order.channel.customers_change_at_once = True
    order.channel.save()

    outcomes = at_once([partial(request_change, order.pk, [fewer(order, "CUP")], by=CUSTOMER)] * 2)

    made = [outcome for outcome in outcomes if isinstance(outcome, OrderChange) and outcome.diff]
    assert len(made) == 1
    assert {type(outcome) for outcome in outcomes} <= {OrderChange, Stale}
    assert units(order) == {"MUG": 2, "CUP": 1}
    assert OrderCancellation.objects.count() == 1
    clean()


def test_a_wish_is_approved_once() -> None:
    for _ in range(2):
        change = wished()

        outcomes = at_once([partial(approve_change, change.pk, by=by) for by in (ANN, BEN)])

        assert Counter(type(outcome) for outcome in outcomes) == {OrderChange: 1, NotRequested: 1}
        change.refresh_from_db()
        assert (change.status, units(change.order)) == ("confirmed", {"MUG": 2, "CUP": 1})
        assert events(change.order, "order.changed") == [change.decided_by]
        assert question(change.order) == ("resolved", "made")
        assert OrderCancellation.objects.filter(order=change.order).count() == 1
    clean()


def test_approved_against_taken_back() -> None:
    for _ in range(2):
        change = wished()

        approved, withdrawn = at_once(
            [partial(approve_change, change.pk, by=ANN), partial(withdraw_change, change.order_id, by=CUSTOMER)]
        )

        change.refresh_from_db()
        order = change.order
        if isinstance(approved, OrderChange):
            assert isinstance(withdrawn, NotRequested)
            assert (change.status, units(order)) == ("confirmed", {"MUG": 2, "CUP": 1})
            assert (events(order, "order.changed"), events(order, "change.withdrawn")) == (["ann"], [])
            assert question(order) == ("resolved", "made")
        else:
            assert isinstance(approved, NotRequested)
            assert isinstance(withdrawn, OrderChange)
            assert (change.status, units(order)) == ("cancelled", {"MUG": 2, "CUP": 3})
            assert (events(order, "order.changed"), events(order, "change.withdrawn")) == ([], ["customer"])
            assert question(order) == ("resolved", "withdrawn")
    clean()


def test_one_agent_approves_what_another_declines() -> None:
    for _ in range(2):
        change = wished()

        outcomes = at_once(
            [
                partial(approve_change, change.pk, by=ANN),
                partial(decline_change, change.pk, answer="It is packed.", by=BEN),
            ]
        )

        assert Counter(type(outcome) for outcome in outcomes) == {OrderChange: 1, NotRequested: 1}
        change.refresh_from_db()
        said = (change.status, change.decided_by, change.answer, units(change.order)["CUP"])
        assert said in {("confirmed", "ann", "", 1), ("declined", "ben", "It is packed.", 3)}
        told = Notification.objects.filter(order=change.order, template="orders/mail/change_declined")
        assert told.count() == (1 if change.status == "declined" else 0)
    clean()


def test_the_same_again_clicked_twice_is_one_draft_and_one_call() -> None:
    order = placed()
    order.channel.customers_reorder = True
    order.channel.save()

    outcomes = at_once([partial(reorder, order.pk, by=CUSTOMER)] * 2)

    draft = Draft.objects.get()
    assert [outcome.draft.pk for outcome in outcomes if isinstance(outcome, Reordered)] == [draft.pk] * 2
    assert units(draft.order) == {"MUG": 2, "CUP": 3}
    asked = ProcessException.objects.get()
    assert (asked.category, asked.subject_id, asked.status) == ("draft_callback", draft.public_id, "open")
    assert events(draft.order, "draft.created") == ["customer"]
    clean()
