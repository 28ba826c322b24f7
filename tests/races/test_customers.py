"""Orders come in while customers are merged or erased: each is somebody's, and nobody's order is lost."""

from decimal import Decimal

import pytest

from orders.drafts import DraftLine
from orders.errors import NotErasable, NotMergeable
from orders.kernel.actor import SYSTEM
from orders.models import Customer, CustomerAddress, Order, StoreCredit
from orders.requests import Buyer, WantedLine
from orders.services.draft import create_draft, update_draft
from orders.services.erase import erase_customer
from orders.services.grant_credit import grant_credit
from orders.services.merge import merge_customers
from orders.services.place import place_order
from orders.services.reorder import reorder
from tests.factories.orders import CustomerFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=100)


def place(email: str) -> Order:
    buyer = Buyer(email=email, name="Ada")
    return place_order(an_order(WantedLine(sku="MUG", quantity=1), customer=buyer), by=SYSTEM)


@pytest.mark.parametrize("round_", range(4))
def test_a_merge_and_orders_by_both_addresses(shop: None, round_: int) -> None:
    survivor, gone = CustomerFactory(email="new@example.com"), CustomerFactory(email="old@example.com")
    jobs = [lambda: merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)]
    jobs += [lambda email=email: place(email) for email in ("old@example.com", "new@example.com") * 3]  # type: ignore[misc]

    done = at_once(jobs)

    assert [each for each in done if isinstance(each, Exception)] == []
    assert Order.objects.filter(customer=survivor).count() == 6
    assert Order.objects.filter(customer=gone).count() == 0
    assert CustomerAddress.objects.get().customer_id == survivor.pk


def test_two_agents_merge_the_same_pair_both_ways(shop: None) -> None:
    one, other = CustomerFactory(), CustomerFactory()
    done = at_once(
        [
            lambda: merge_customers(one.pk, absorbed=other.pk, by=SYSTEM),
            lambda: merge_customers(other.pk, absorbed=one.pk, by=SYSTEM),
        ]
    )
    assert [type(each) for each in done].count(NotMergeable) == 1
    assert Customer.objects.filter(merged_into=None).count() == 1


@pytest.mark.parametrize("round_", range(4))
def test_an_erasure_and_an_order_by_the_same_address(shop: None, round_: int) -> None:
    known = CustomerFactory(email="ada@example.com")

    erased, order = at_once([lambda: erase_customer(known.pk, by=SYSTEM), lambda: place("ada@example.com")])

    assert isinstance(order, Order)
    known.refresh_from_db()
    if isinstance(erased, NotErasable):
        assert (order.customer_id, known.email, known.anonymised_at) == (known.pk, "ada@example.com", None)
    else:
        assert order.customer_id != known.pk
        assert (known.email, known.orders.count()) == (None, 0)
        assert Customer.objects.get(pk=order.customer_id).email == "ada@example.com"


@pytest.mark.parametrize("round_", range(3))
def test_a_merge_while_drafts_change_hands(shop: None, round_: int) -> None:
    """Drafts lock their order and then who buys, a merge locks the other way round: nobody is sent away for it."""
    survivor, gone = CustomerFactory(email="new@example.com"), CustomerFactory(email="old@example.com")
    old, new = (Buyer(email=row.email or "", name="Ada") for row in (gone, survivor))
    drafts = [create_draft(an_order(DraftLine(sku="MUG", quantity=1), customer=old), by=SYSTEM) for _ in range(2)]
    jobs = [lambda: merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)]
    jobs += [lambda pk=draft.pk: update_draft(pk, {"customer": new}, by=SYSTEM) for draft in drafts]  # type: ignore[misc]

    done = at_once(jobs)

    assert [each for each in done if isinstance(each, Exception)] == []
    assert set(Order.objects.values_list("customer", "email")) == {(survivor.pk, "new@example.com")}


@pytest.mark.parametrize("round_", range(3))
def test_a_merge_while_old_orders_are_begun_again(shop: None, round_: int) -> None:
    last, survivor, gone = (CustomerFactory(email=f"{name}@example.com") for name in ("last", "new", "old"))
    orders = [place("old@example.com") for _ in range(2)]
    merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)
    jobs = [lambda: merge_customers(last.pk, absorbed=survivor.pk, by=SYSTEM)]
    jobs += [lambda pk=order.pk: reorder(pk, by=SYSTEM) for order in orders]  # type: ignore[misc]

    done = at_once(jobs)

    assert [each for each in done if isinstance(each, Exception)] == []
    assert Order.objects.filter(customer=last).count() == 4


@pytest.mark.parametrize("round_", range(4))
def test_a_merge_and_credit_for_both(shop: None, round_: int) -> None:
    """Whoever is first, the survivor has all of it."""
    channel = ShippingMethodFactory().channels.get()
    survivor, gone = CustomerFactory(email="new@example.com"), CustomerFactory(email="old@example.com")
    jobs = [lambda: merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)]
    jobs += [
        lambda pk=row.pk: grant_credit(pk, channel_id=channel.pk, amount=Decimal(5), reason="goodwill", by=SYSTEM)  # type: ignore[misc]
        for row in (gone, survivor) * 2
    ]

    done = at_once(jobs)

    assert [each for each in done if isinstance(each, Exception)] == []
    assert dict(StoreCredit.objects.filter(balance__gt=0).values_list("customer", "balance")) == {survivor.pk: 20}
