"""A draft becomes one order, whoever places it; its goods are kept or given back, never both."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from orders.drafts import DraftLine
from orders.errors import NotADraft, Stale
from orders.kernel.actor import SYSTEM
from orders.models import Draft, Order, OrderEvent, Payment
from orders.services.draft import create_draft, discard_draft, update_draft
from orders.services.end_drafts import end_due_reservations
from orders.services.place_draft import place_draft
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once
from warehouse.models import Allocation, StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft() -> Draft:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=10)
    later = timezone.now() + timedelta(hours=1)
    return create_draft(an_order(DraftLine(sku="MUG", quantity=2)), reserve_until=later, by=SYSTEM)


@pytest.mark.parametrize("payment", [None, PAID], ids=["unpaid", "paid"])
def test_many_clicks_place_one_order(draft: Draft, payment: object) -> None:
    clicks = at_once([lambda: place_draft(draft.pk, payment=payment, by=SYSTEM)] * 6)  # type: ignore[arg-type]
    assert Counter(type(click) for click in clicks) == {Order: 1, NotADraft: 5}
    assert OrderEvent.objects.filter(type="order.placed").count() == 1
    assert (Payment.objects.count(), StockLevel.objects.get().allocated) == (1 if payment else 0, 2)


def test_two_agents_who_saw_the_same_version(draft: Draft) -> None:
    def write(note: str) -> Draft:
        return update_draft(draft.pk, {"note": note}, versions={1}, by=SYSTEM)

    ends = at_once([lambda: write("a"), lambda: write("b")])
    assert Counter(type(end) for end in ends) == {Draft: 1, Stale: 1}
    assert Order.objects.get().version == 2


def test_a_draft_is_placed_or_discarded(draft: Draft) -> None:
    ends = at_once(
        [lambda: place_draft(draft.pk, by=SYSTEM), lambda: discard_draft(draft.pk, by=SYSTEM)]  # type: ignore[list-item]
    )
    assert Counter(isinstance(end, NotADraft) for end in ends) == {True: 1, False: 1}
    status, kept = Order.objects.get().status, StockLevel.objects.get().allocated
    assert (status, kept) in {("placed", 2), ("expired", 0)}


def test_a_reservation_ends_once_while_it_is_placed(draft: Draft) -> None:
    Draft.objects.update(reserve_until=timezone.now())
    ends = at_once([lambda: end_due_reservations(by=SYSTEM)] * 3 + [lambda: place_draft(draft.pk, by=SYSTEM).pk])
    assert ends[3] == draft.order_id
    assert sum(end for end in ends[:3] if isinstance(end, int)) <= 1
    assert (Order.objects.get().status, StockLevel.objects.get().allocated) == ("placed", 2)
    assert sum(Allocation.objects.values_list("quantity", flat=True)) == 2
