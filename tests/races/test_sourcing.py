"""Two orders and the last units of two warehouses: each is filled once, and every decision tells what was taken."""

from functools import partial

import pytest

from orders.errors import OutOfStock, StockContention
from orders.kernel.actor import SYSTEM
from orders.models import Order
from orders.requests import WantedLine
from orders.services.place import place_order
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory, WarehouseFactory
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once
from tests.warehouse.scenes import PICKER, ordered, stocked, work_of
from warehouse.errors import NotAnswerable
from warehouse.models import Allocation, FulfillmentOrder, SourcingDecision, StockLevel
from warehouse.services.answer_request import reject_fulfillment_order
from warehouse.states import RejectReason

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_orders_and_the_last_units_of_two_warehouses() -> None:
    """Three here and three there, and two who want three: one of them gets each, or is planned anew and gets it."""
    ShippingMethodFactory()
    mug = ProductFactory(sku="MUG")
    for code in ("BER", "HAM"):
        StockLevelFactory(product=mug, warehouse=WarehouseFactory(code=code), on_hand=3)
    wanted = an_order(WantedLine(sku="MUG", quantity=3), payment=PAID)

    outcomes = at_once([partial(place_order, wanted, by=SYSTEM) for _ in range(3)])

    assert sum(isinstance(outcome, Order) for outcome in outcomes) == 2
    assert {type(o) for o in outcomes if not isinstance(o, Order)} <= {OutOfStock, StockContention}
    assert set(StockLevel.objects.values_list("on_hand", "allocated")) == {(3, 3)}
    held = {
        (a.line.order_id, a.warehouse.code, a.quantity) for a in Allocation.objects.select_related("line", "warehouse")
    }
    told = {
        (row.order_id, code, units)
        for row in SourcingDecision.objects.all()
        for _product, code, units in row.reason["takes"]
    }
    assert told == held
    assert SourcingDecision.objects.count() == 2


def test_a_location_that_says_no_twice_at_once_is_heard_once() -> None:
    mug = stocked(5, sku="MUG")
    stocked(5, sku="MUG", warehouse="HAM")
    row = work_of(ordered((mug, 2)))

    reject = partial(reject_fulfillment_order, row.pk, reason=RejectReason.OUT_OF_STOCK, by=PICKER)
    outcomes = at_once([reject, reject])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FulfillmentOrder", NotAnswerable.__name__]
    levels = dict(StockLevel.objects.values_list("warehouse__code", "on_hand"))
    assert levels == {"BER": 3, "HAM": 5}
    assert FulfillmentOrder.objects.filter(status="open").count() == 1
