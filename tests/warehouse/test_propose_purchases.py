"""Proposals: what waits and what shelves will lack becomes drafts by supplier, kept up to date until a person acts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import OrderEvent, Product
from tests.factories.warehouse import BinFactory, SupplierFactory, WarehouseFactory
from tests.warehouse.purchases import BUYER, bought, drafted, in_days, incoming, offered, the, ties, waiting
from tests.warehouse.scenes import stocked
from warehouse.models import PurchaseOrder, StockLevel, StockMovement, Supplier, Warehouse
from warehouse.selectors.performance import performance_of
from warehouse.services.acknowledge_purchase import acknowledge_purchase_order
from warehouse.services.draft_purchase import revise_purchase_order
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.propose_purchases import propose_purchases
from warehouse.services.receive_goods import Arrived, receive_goods
from warehouse.tasks import propose_for_shelves

pytestmark = pytest.mark.django_db


def sold(product: Product, *, a_day: int, days: int, warehouse: str = "BER") -> None:
    """Units that left the warehouse, every day of the last ``days``; the books of its first day are as long ago."""
    place = Warehouse.objects.get(code=warehouse)
    for ago in range(1, days + 1):
        StockMovement.objects.bulk_create(
            [StockMovement(kind="shipped", product=product, warehouse=place, on_hand_delta=-a_day, actor_kind="system")]
        )
        row = StockMovement.objects.latest("pk")
        at = timezone.now() - timedelta(days=ago)
        _backdate(row.pk, at)


def _backdate(pk: int, at) -> None:  # type: ignore[no-untyped-def]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE warehouse_stockmovement SET created_at = %s WHERE id = %s", [at, pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def proposals() -> list[tuple[str, str, str, list[tuple[str, int]]]]:
    rows = PurchaseOrder.objects.filter(status="draft", is_proposed=True).order_by("supplier__code", "purpose")
    return [
        (
            row.supplier.code,
            row.warehouse.code,
            row.purpose,
            list(row.lines.order_by("product__sku").values_list("product__sku", "quantity")),
        )
        for row in rows
    ]


class TestWhoWaits:
    def test_lines_are_grouped_by_the_soonest_supplier(self) -> None:
        rare, lamp = offered("RARE", days=9), offered("LAMP", days=9)
        offered("RARE", supplier="near", days=2, cost="9.00", least=5)
        backorders = [waiting(rare, 2), waiting(rare, 1), waiting(lamp, 4)]

        propose_purchases(by=BUYER)

        assert proposals() == [
            ("acme", "BER", "backorder", [("LAMP", 4)]),
            ("near", "BER", "backorder", [("RARE", 5)]),
        ]
        for row in PurchaseOrder.objects.all():
            place_purchase_order(row.pk, by=BUYER)
        assert [[n for _number, n in ties(each)] for each in backorders] == [[2], [1], [4]]
        propose_purchases(by=BUYER)
        assert proposals() == []

    def test_the_same_again_changes_nothing_and_what_changes_is_followed(self) -> None:
        rare = offered("RARE")
        backorder = waiting(rare, 2)
        propose_purchases(by=BUYER)
        before = PurchaseOrder.objects.get()
        events = OrderEvent.objects.count()

        propose_purchases(by=BUYER)
        assert (the(before).version, OrderEvent.objects.count()) == (before.version, events)

        waiting(rare, 3)
        propose_purchases(by=BUYER)
        assert proposals() == [("acme", "BER", "backorder", [("RARE", 5)])]
        assert the(before).version == before.version + 1
        bought((rare, 20))
        propose_purchases(by=BUYER)
        assert (proposals(), the(before).status) == ([], "cancelled")
        assert the(backorder).status == "ordered"

    def test_what_a_person_has_changed_is_theirs(self) -> None:
        rare = offered("RARE")
        waiting(rare, 2)
        propose_purchases(by=BUYER)
        mine = PurchaseOrder.objects.get()
        revise_purchase_order(mine.pk, quantities={"RARE": 7}, by=BUYER)

        propose_purchases(by=BUYER)
        assert proposals() == []
        waiting(rare, 9)
        propose_purchases(by=BUYER)
        assert proposals() == [("acme", "BER", "backorder", [("RARE", 4)])]
        assert the(mine).lines.get().quantity == 7

    def test_nobody_buys_from_a_retired_supplier(self) -> None:
        waiting(offered("RARE"), 2)
        Supplier.objects.update(is_active=False)
        assert propose_purchases(by=BUYER) == []

    def test_it_goes_where_the_supplier_delivers(self) -> None:
        rare = offered("RARE")
        Supplier.objects.update(delivers_to=WarehouseFactory(code="HAM", priority=99))
        waiting(rare, 2)
        propose_purchases(by=BUYER)
        assert proposals() == [("acme", "HAM", "backorder", [("RARE", 2)])]

    def test_nothing_is_placed_without_a_person_unless_the_supplier_says_so(self) -> None:
        rare = offered("RARE")
        waiting(rare, 2)
        assert propose_for_shelves() == 1
        assert (PurchaseOrder.objects.get().status, incoming(rare)) == ("draft", 0)

        Supplier.objects.update(is_placed_by_itself=True)
        propose_for_shelves()
        assert (PurchaseOrder.objects.get().status, incoming(rare)) == ("placed", 2)
        propose_for_shelves()
        assert PurchaseOrder.objects.count() == 1


class TestShelves:
    def test_demand_and_lead_time_say_how_many(self) -> None:
        mug = offered("MUG", days=7)
        stocked(14, sku="MUG", bin=BinFactory(code="M"))
        sold(mug, a_day=2, days=60)

        propose_purchases(by=BUYER)

        # Two a day, seven days: buy at 14, up to 14 + two weeks.
        assert proposals() == [("acme", "BER", "stock", [("MUG", 28)])]
        line = PurchaseOrder.objects.get().lines.get()
        assert line.figures == {
            "a_day": 2.0,
            "deviation": 0.0,
            "lead_time_days": 7,
            "safety_stock": 0,
            "reorder_point": 14,
            "position": 14,
        }
        assert StockLevel.objects.get(product=mug).reorder_point == 14

    def test_enough_is_enough(self) -> None:
        mug = offered("MUG", days=7)
        stocked(15, sku="MUG", bin=BinFactory(code="M"))
        sold(mug, a_day=2, days=60)
        propose_purchases(by=BUYER)
        assert proposals() == []

    def test_what_is_coming_or_drafted_counts_and_what_waits_doesnt(self) -> None:
        mug = offered("MUG", days=7)
        stocked(2, sku="MUG", bin=BinFactory(code="M"))
        sold(mug, a_day=2, days=60)
        bought((mug, 6))
        drafted((mug, 7))
        assert propose_purchases(by=BUYER) == []  # 2 + 6 + 7 = 15

        waiting(mug, 5)  # takes the two, and three of those that were drafted
        propose_purchases(by=BUYER)
        assert [(purpose, lines) for _s, _w, purpose, lines in proposals()] == [("stock", [("MUG", 32)])]

    def test_a_minimum_is_kept(self) -> None:
        mug = offered("MUG", days=7, least=100)
        stocked(1, sku="MUG", bin=BinFactory(code="M"))
        sold(mug, a_day=2, days=60)
        propose_purchases(by=BUYER)
        assert proposals() == [("acme", "BER", "stock", [("MUG", 100)])]

    def test_what_a_minimum_brings_to_who_waits_fills_the_shelf_too(self) -> None:
        mug = offered("MUG", days=7, least=100)
        sold(mug, a_day=2, days=60)
        waiting(mug, 3)
        propose_purchases(by=BUYER)
        assert proposals() == [("acme", "BER", "backorder", [("MUG", 100)])]

    def test_only_the_window_counts(self) -> None:
        mug = offered("MUG", days=7)
        stocked(3, sku="MUG", bin=BinFactory(code="M"))
        sold(mug, a_day=2, days=60)
        Warehouse.objects.update(demand_days=7)
        StockMovement.objects.filter(kind="shipped")
        propose_purchases(by=BUYER)
        assert proposals() == [("acme", "BER", "stock", [("MUG", 39)])]


class TestPerformance:
    def test_nothing_is_said_before_something_came(self) -> None:
        offered("MUG")
        of = performance_of(SupplierFactory().pk)
        assert (of.deliveries, of.on_time, of.fill_rate) == (0, None, None)

    def test_in_time_in_full_and_how_long_it_took(self) -> None:
        mug = offered("MUG", days=7)
        early = bought((mug, 10))
        acknowledge_purchase_order(early.pk, dates={"MUG": in_days(5)}, by=BUYER)
        _place_ago(early, days=4)
        receive_goods(early.pk, arrived=[Arrived(sku="MUG", accepted=9, damaged=1)], by=BUYER)
        late = bought((mug, 30))
        _place_ago(late, days=12)
        late.lines.update(promised_on=in_days(-2), expected_on=in_days(-2))
        receive_goods(late.pk, arrived=[Arrived(sku="MUG", accepted=20, is_all=True)], by=BUYER)

        of = performance_of(early.supplier_id)

        assert (of.deliveries, of.damaged, of.short, of.over, of.wrong_item) == (2, 1, 10, 0, 0)
        assert of.on_time == pytest.approx(10 / 30)
        assert of.fill_rate == pytest.approx(30 / 40)
        assert of.lead_time_days == pytest.approx((4 * 10 + 12 * 20) / 30)
        assert of.promised_days == pytest.approx((9 + 10) / 2)


def _place_ago(row: PurchaseOrder, *, days: int) -> None:
    PurchaseOrder.objects.filter(pk=row.pk).update(placed_at=timezone.now() - timedelta(days=days))
