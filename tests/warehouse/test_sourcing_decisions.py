"""Every reservation keeps why it was made where it was made, and nothing else does."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.change_requests import SetQuantity
from orders.errors import OutOfStock
from orders.kernel.actor import SYSTEM
from orders.kernel.work import ask
from orders.models import Order, Product
from orders.questions import Need, PlanManyStocks, PlanStock
from orders.requests import WantedLine
from orders.services.change import change_order
from orders.services.place import place_order
from tests.api.changes import nothing_changes
from tests.factories.orders import ADDRESS, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory, WarehouseFactory, usual_rules
from tests.orders.requests import an_order
from tests.warehouse.scenes import PICKER, on_a_list, ordered, stocked, task_of
from warehouse.models import SourcingDecision, SourcingRule, Warehouse
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.short_pick import short_pick
from warehouse.services.source_missing import source_missing
from warehouse.states import AdjustmentReason, ShortReason

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    usual_rules()


def told(order: Order) -> list[tuple[str, list[list[Any]]]]:
    rows = SourcingDecision.objects.filter(order=order).order_by("pk")
    return [(row.cause, row.reason["takes"]) for row in rows]


def take(product: Product, warehouse: str, units: int) -> list[Any]:
    return [product.pk, warehouse, units]


def test_a_placement_keeps_its_choice_and_no_address() -> None:
    mug = stocked(5, sku="MUG")
    stocked(9, sku="MUG", warehouse="HAM")
    order = ordered((mug, 2), confirmed=False)

    (row,) = SourcingDecision.objects.all()
    assert (row.order, row.cause) == (order, "placement")
    assert row.reason == {
        "rules": [["fewest_parcels", {"split_lines": True}], ["priority", {}], ["closest", {"step_km": 1}]],
        "exact": True,
        "chosen": {"from": ["BER"], "scores": [1, [10], 300]},
        "others": [{"from": ["HAM"], "scores": [1, [10], 300]}],
        "lacking": {},
        "takes": [take(mug, "BER", 2)],
        "missing": {},
        "avoided": [],
    }
    assert ADDRESS["postal_code"] not in str(row.reason)


def test_what_is_refused_or_all_waits_keeps_none() -> None:
    ShippingMethodFactory()
    stocked(1, sku="MUG")
    ProductFactory(sku="LATER", out_of_stock_policy=["backorder"])
    with nothing_changes(), pytest.raises(OutOfStock):
        place_order(an_order(WantedLine(sku="MUG", quantity=2)), by=SYSTEM)
    place_order(an_order(WantedLine(sku="LATER", quantity=2)), by=SYSTEM)
    assert not SourcingDecision.objects.exists()


def test_goods_that_come_in_a_change_and_a_short_pick_say_so() -> None:
    mug = stocked(2, sku="MUG", out_of_stock_policy=["backorder"])
    order = ordered((mug, 3))
    adjust_stock("MUG", warehouse="BER", delta=5, reason=AdjustmentReason.FOUND, by=SYSTEM)
    line = order.lines.get()
    change_order(order.pk, [SetQuantity(line=line.public_id, quantity=4)], by=SYSTEM)
    stocked(9, sku="MUG", warehouse="HAM")
    pick_list = on_a_list(order)
    short_pick(
        task_of(pick_list).pk if pick_list.tasks.count() == 1 else pick_list.tasks.order_by("pk")[0].pk,
        reason=ShortReason.NOT_FOUND,
        by=PICKER,
    )

    causes = [cause for cause, _takes in told(order)]
    assert causes == ["placement", "backorder", "change", "short"]
    assert [takes for _cause, takes in told(order)][:3] == [
        [take(mug, "BER", 2)],
        [take(mug, "BER", 1)],
        [take(mug, "BER", 1)],
    ]


def test_units_that_lost_their_shelf_are_sourced_again() -> None:
    mug = stocked(2, sku="MUG")
    order = ordered((mug, 2))
    stocked(5, sku="MUG", warehouse="HAM")
    adjust_stock("MUG", warehouse="BER", counted=0, reason=AdjustmentReason.COUNT, by=SYSTEM)
    source_missing(order.pk, by=SYSTEM)
    assert told(order)[-1] == ("sourced_again", [take(mug, "HAM", 2)])


def test_backorders_go_to_each_order_from_where_its_rules_say() -> None:
    """The goods come into Vienna; whoever lives there and whoever doesn't are each told their own reasons."""
    mug = ProductFactory(sku="MUG", out_of_stock_policy=["backorder"])
    ShippingMethodFactory()
    WarehouseFactory(code="VIE", country="AT")
    first = place_order(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)
    second = place_order(
        an_order(
            WantedLine(sku="MUG", quantity=1), shipping_address=ADDRESS | {"country": "AT", "postal_code": "1010"}
        ),
        by=SYSTEM,
    )
    adjust_stock("MUG", warehouse="VIE", delta=2, reason=AdjustmentReason.FOUND, by=SYSTEM)
    found = {
        row.order_id: row.reason["chosen"]["scores"][2] for row in SourcingDecision.objects.filter(cause="backorder")
    }
    assert found == {first.pk: 441, second.pk: 300}
    assert mug.pk


def test_many_orders_are_planned_one_after_the_other_each_with_its_own_reasons() -> None:
    mug = ProductFactory()
    StockLevelFactory(product=mug, warehouse=WarehouseFactory(code="BER", priority=1), on_hand=1)
    StockLevelFactory(product=mug, warehouse=WarehouseFactory(code="HAM", priority=2), on_hand=1)
    plan = PlanStock(needs=(Need(product_id=mug.pk, quantity=1),), country="DE", transit_days=3)

    first, second = (answer for (answer,) in ask(PlanManyStocks(plans=(plan, plan))))

    assert first.why is not None
    assert second.why is not None
    assert (first.why.facts["chosen"]["from"], second.why.facts["chosen"]["from"]) == (["BER"], ["HAM"])


def test_a_line_that_may_not_be_split_is_refused_with_what_one_warehouse_has() -> None:
    ShippingMethodFactory()
    mug = stocked(3, sku="MUG")
    stocked(4, sku="MUG", warehouse="HAM")
    SourcingRule.objects.filter(kind="fewest_parcels").update(parameters={"split_lines": False})
    with pytest.raises(OutOfStock) as refused:
        place_order(an_order(WantedLine(sku="MUG", quantity=5)), by=SYSTEM)
    assert refused.value.errors[0].detail == "MUG: 4 available."
    order = ordered((mug, 4), confirmed=False)
    assert told(order) == [("placement", [take(mug, "HAM", 4)])]


def test_todays_work_counts_against_the_capacity() -> None:
    mug = stocked(9, sku="MUG")
    stocked(9, sku="MUG", warehouse="HAM")
    Warehouse.objects.filter(code="BER").update(capacity_per_day=1, priority=1)
    SourcingRule.objects.filter(kind="capacity").update(is_active=True, position=1)
    places = [told(ordered((mug, 1)))[0][1][0][1] for _ in range(3)]
    assert places == ["BER", "HAM", "HAM"]


def test_rules_and_capacity_cost_no_statement() -> None:
    mug = ProductFactory()
    for code in ("BER", "HAM", "MUC"):
        place = WarehouseFactory(code=code)
        Warehouse.objects.filter(pk=place.pk).update(capacity_per_day=5)
        StockLevelFactory(product=mug, warehouse=place)
    SourcingRule.objects.update(is_active=True)
    with CaptureQueriesContext(connection) as taken:
        ask(PlanStock(needs=(Need(product_id=mug.pk, quantity=1),), country="DE", transit_days=3))
    assert len(taken) == 1
