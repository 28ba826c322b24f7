"""Many buyers, few preorders or codes: never one over the cap, never one code twice."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from orders.errors import OutOfStock, StockContention
from orders.kernel.actor import SYSTEM
from orders.models import Customer, DigitalCode, DigitalGood, Order, OrderLine, Product
from orders.requests import Buyer, WantedLine
from orders.services.cancel import cancel_order
from orders.services.deliver_digital import add_codes, deliver_waiting
from orders.services.place import place_order
from orders.services.product import ComponentData, ProductData, upsert_product
from orders.states import CancelReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory, a_bundle
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timezone.localdate() + timedelta(days=30)


def buy(sku: str, quantity: int = 1, **changes: object) -> Order:
    return place_order(an_order(WantedLine(sku=sku, quantity=quantity), **changes), by=SYSTEM)


def test_sixteen_buyers_and_a_cap_of_five() -> None:
    ShippingMethodFactory()
    ProductFactory(sku="NOVEL", preorder_ships_on=DAY, preorder_cap=5)

    outcomes = at_once([partial(buy, "NOVEL") for _ in range(16)])

    assert sum(isinstance(outcome, Order) for outcome in outcomes) == 5
    assert {type(o) for o in outcomes if not isinstance(o, Order)} <= {OutOfStock, StockContention}
    assert Product.objects.get().preorder_taken == 5
    assert sum(OrderLine.objects.values_list("preordered", flat=True)) == 5


def test_buying_and_cancelling_at_once_keeps_the_count() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=100)
    ProductFactory(sku="NOVEL", preorder_ships_on=DAY, preorder_cap=100)
    lines = (WantedLine(sku="NOVEL", quantity=2), WantedLine(sku="MUG", quantity=1))
    placed = [place_order(an_order(*lines), by=SYSTEM) for _ in range(6)]
    jobs = [partial(cancel_order, order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM) for order in placed]
    jobs += [partial(place_order, an_order(*lines), by=SYSTEM) for _ in range(6)]

    outcomes = at_once(jobs)

    assert [o for o in outcomes if not isinstance(o, Order)] == []
    assert Product.objects.get(sku="NOVEL").preorder_taken == 12
    assert StockLevel.objects.get().allocated == 6


def test_bundles_and_their_components_fight_for_the_same_shelf() -> None:
    ShippingMethodFactory()
    cup, pot = ProductFactory(sku="CUP"), ProductFactory(sku="POT")
    StockLevelFactory(product=cup, on_hand=10)
    StockLevelFactory(product=pot, on_hand=10)
    a_bundle("GIFT", price="40.00", parts={pot: 1, cup: 2})

    outcomes = at_once([partial(buy, sku) for sku in ("GIFT", "CUP", "POT", "GIFT") * 4])

    assert {type(o) for o in outcomes if not isinstance(o, Order)} <= {OutOfStock, StockContention}
    sold = Counter(OrderLine.objects.filter(kind="goods").values_list("sku", flat=True))
    assert sold["CUP"] > 0
    for level in StockLevel.objects.select_related("product"):
        lines = OrderLine.objects.filter(product=level.product)
        assert level.allocated == sum(lines.values_list("allocated", flat=True)) <= 10


def test_ten_buyers_and_six_codes() -> None:
    ShippingMethodFactory()
    game = ProductFactory(sku="GAME", is_digital=True)
    good = DigitalGood.objects.create(product=game, uses_codes=True)
    add_codes(good.pk, [f"CODE-{i}" for i in range(6)], by=SYSTEM)
    buyers = [Buyer(email=f"buyer{i}@example.com") for i in range(10)]

    outcomes = at_once([partial(buy, "GAME", payment=PAID, customer=buyer) for buyer in buyers])

    assert [o for o in outcomes if not isinstance(o, Order)] == []
    owners = list(DigitalCode.objects.values_list("line", flat=True))
    assert None not in owners
    assert len(set(owners)) == 6
    assert sum(OrderLine.objects.values_list("delivered", flat=True)) == 6
    assert Customer.objects.count() == 10
    at_once([partial(add_codes, good.pk, ["NEW-1", "NEW-2", "NEW-3", "NEW-4"], by=SYSTEM), partial(deliver_waiting)])
    deliver_waiting()

    assert sum(OrderLine.objects.values_list("delivered", flat=True)) == 10
    assert DigitalCode.objects.exclude(line=None).count() == DigitalCode.objects.count() == 10


def test_two_products_never_become_bundles_of_each_other() -> None:
    for sku in ("A", "B"):
        ProductFactory(sku=sku, name=sku)

    def bundle(sku: str, part: str) -> object:
        data = ProductData(
            name=sku, price=Decimal(5), currency="EUR", components=(ComponentData(sku=part, quantity=1),)
        )
        return upsert_product(sku, data, by=SYSTEM)

    outcomes = at_once([partial(bundle, "A", "B"), partial(bundle, "B", "A")])

    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert sorted(Product.objects.values_list("is_bundle", flat=True)) == [False, True]
