"""An order that ships complete waits for the last of its goods, and goes in as few parcels as can be."""

import pytest

from orders.errors import NotChangeable
from orders.kernel.actor import SYSTEM
from orders.models import Order, Product
from orders.requests import WantedLine
from orders.services.confirm import confirm_order
from orders.services.place import place_order
from orders.services.update import update_order
from tests.api.changes import nothing_changes
from tests.factories.orders import ChannelFactory, ShippingMethodFactory
from tests.factories.shipping import dispatched
from tests.factories.warehouse import usual_rules
from tests.orders.requests import an_order
from tests.warehouse.scenes import PICKER, ordered, stocked, work_of
from warehouse.errors import NotComplete
from warehouse.models import FulfillmentOrder, PickList, SourcingRule, Warehouse
from warehouse.selectors.work import to_release
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.release_pick_list import release_pick_list
from warehouse.states import AdjustmentReason

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def placed(*wanted: tuple[Product, int], **changes: str) -> Order:
    ShippingMethodFactory()
    lines = [WantedLine(sku=product.sku, quantity=n) for product, n in wanted]
    order = place_order(an_order(*lines, **changes), by=SYSTEM)
    confirm_order(order.pk, by=SYSTEM)
    return Order.objects.get(pk=order.pk)


def releasable() -> list[FulfillmentOrder]:
    return list(to_release(FulfillmentOrder.objects.all()))


def test_nothing_is_released_before_all_of_it_is_there() -> None:
    mug, cup = stocked(1, sku="MUG", out_of_stock_policy=["backorder"]), stocked(5, sku="CUP")
    order = placed((mug, 2), (cup, 1), shipping_policy="ship_complete")
    row = work_of(order)

    assert releasable() == []
    with nothing_changes(), pytest.raises(NotComplete, match=rf"{order.number} ships complete and waits for MUG\."):
        release_pick_list([row.pk], by=PICKER)

    adjust_stock("MUG", warehouse="BER", delta=1, reason=AdjustmentReason.FOUND, by=SYSTEM)
    assert [each.order for each in releasable()] == [order]
    release_pick_list([row.pk], by=PICKER)
    assert sum(task.quantity for task in PickList.objects.get().tasks.all()) == 3


def test_what_ships_as_available_is_released_at_once() -> None:
    mug = stocked(1, sku="MUG", out_of_stock_policy=["backorder"])
    order = placed((mug, 2))
    assert [each.order for each in releasable()] == [order]
    release_pick_list([work_of(order).pk], by=PICKER)


def test_a_change_of_mind_lets_it_go() -> None:
    mug = stocked(1, sku="MUG", out_of_stock_policy=["backorder"])
    order = placed((mug, 2), shipping_policy="ship_complete")
    assert releasable() == []
    changed = update_order(order.pk, shipping_policy="ship_as_available", by=SYSTEM)
    assert (changed.version, [each.order for each in releasable()]) == (order.version + 1, [order])


def test_once_something_left_it_is_too_late() -> None:
    order = ordered((stocked(5, sku="MUG"), 1))
    dispatched(order)
    with nothing_changes(), pytest.raises(NotChangeable, match=r"left already|still to be shipped"):
        update_order(order.pk, shipping_policy="ship_complete", by=SYSTEM)


def test_the_channel_says_it_for_orders_that_do_not() -> None:
    channel = ChannelFactory()
    channel.shipping_policy = "ship_complete"
    channel.save()
    mug = stocked(5, sku="MUG")
    assert placed((mug, 1)).shipping_policy == "ship_complete"
    assert placed((mug, 1), shipping_policy="ship_as_available").shipping_policy == "ship_as_available"


def test_it_prefers_one_parcel_whatever_the_rules_say_first() -> None:
    """Two warehouses round the corner have half of it each, one far away has everything."""
    mug, cup = stocked(5, sku="MUG", warehouse="NEAR1"), stocked(5, sku="CUP", warehouse="NEAR2")
    for sku in ("MUG", "CUP"):
        stocked(5, sku=sku, warehouse="FAR")
    Warehouse.objects.filter(code__startswith="NEAR").update(address={"postal_code": "10115"})
    usual_rules()
    SourcingRule.objects.exclude(kind="closest").update(is_active=False)

    def places(order: Order) -> list[str]:
        rows = FulfillmentOrder.objects.filter(order=order).select_related("warehouse").order_by("pk")
        return [row.warehouse.code for row in rows if row.warehouse]

    assert places(placed((mug, 1), (cup, 1))) == ["NEAR1", "NEAR2"]
    assert places(placed((mug, 1), (cup, 1), shipping_policy="ship_complete")) == ["FAR"]
