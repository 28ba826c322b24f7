"""Many buyers, few units: exactly the stock is sold, and nobody waits for anybody in a circle."""

from functools import partial
from random import Random

import pytest
from django.db.models import Sum

from orders.errors import OutOfStock, StockContention
from orders.kernel.actor import SYSTEM
from orders.kernel.work import ask, work
from orders.models import Order, OrderLine
from orders.questions import TakeStock, TakeUnits
from orders.requests import WantedLine
from orders.services.place import place_order
from tests.factories.orders import OrderFactory, OrderLineFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory, WarehouseFactory
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once
from warehouse.models import Allocation, StockLevel, StockMovement, Warehouse

pytestmark = pytest.mark.django_db(transaction=True)


def take(lines: list[OrderLine], warehouse: Warehouse) -> bool:
    takes = tuple(
        TakeUnits(line_id=line.pk, product_id=line.product_id, warehouse_id=warehouse.pk, quantity=1) for line in lines
    )
    with work(by=SYSTEM):
        return ask(TakeStock(order_id=lines[0].order_id, takes=takes))


def test_sixteen_buyers_and_five_units() -> None:
    ber, mug = WarehouseFactory(), ProductFactory()
    StockLevelFactory(product=mug, warehouse=ber, on_hand=5)
    lines = [OrderLineFactory(product=mug) for _ in range(16)]

    outcomes = at_once([partial(take, [line], ber) for line in lines])

    assert sorted(map(repr, outcomes)) == ["False"] * 11 + ["True"] * 5
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated, level.available) == (5, 5, 0)
    assert Allocation.objects.count() == StockMovement.objects.count() == 5


def test_sixteen_orders_and_five_units() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=5)
    wanted = an_order(WantedLine(sku="MUG", quantity=1), payment=PAID)

    outcomes = at_once([partial(place_order, wanted, by=SYSTEM) for _ in range(16)])

    assert sum(isinstance(outcome, Order) for outcome in outcomes) == 5
    assert {type(o) for o in outcomes if not isinstance(o, Order)} <= {OutOfStock, StockContention}
    assert Order.objects.filter(status="confirmed").count() == Order.objects.count() == 5
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated) == (5, 5)


def test_baskets_in_any_order_of_lines_never_deadlock_and_never_take_a_part() -> None:
    ber, random = WarehouseFactory(), Random(2)
    products = [ProductFactory() for _ in range(4)]
    for product in products:
        StockLevelFactory(product=product, warehouse=ber, on_hand=7)
    baskets = []
    for _ in range(12):
        order = OrderFactory()
        wanted = random.sample(products, 3)
        baskets.append([OrderLineFactory(order=order, product=product) for product in wanted])

    outcomes = at_once([partial(take, lines, ber) for lines in baskets])

    assert set(outcomes) <= {True, False}
    sold = outcomes.count(True)
    assert Allocation.objects.count() == 3 * sold
    assert StockLevel.objects.aggregate(n=Sum("allocated"))["n"] == 3 * sold
    assert StockMovement.objects.aggregate(n=Sum("allocated_delta"))["n"] == 3 * sold
    assert not StockLevel.objects.filter(allocated__gt=7).exists()
