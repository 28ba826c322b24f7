"""A thousand orders of three lines over five warehouses: sourced in this process, and placed over HTTP, in turn."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from django.db import connection

from config.bench import shop
from config.bench.house import House
from config.bench.load import Load, Plan
from orders.kernel.actor import SYSTEM
from orders.models import Product
from orders.questions import Need
from warehouse.models import StockLevel, StockMovement, Warehouse
from warehouse.planning.rule_book import RuleBook
from warehouse.selectors.stock import ShelfRow, shelves_and_rules
from warehouse.sourcing import Destination, choose_locations
from warehouse.states import MovementKind

ORDERS, LINES, ROUNDS = 1000, 3, 3
FURTHER = {"HAM": "DE", "MUC": "DE", "VIE": "AT", "LIL": "FR"}
# So many of the products lie in each of the five warehouses, so that some orders have to be split.
_SHARE = 0.6
_UNITS = 1_000_000
# Deciding must be so many times as fast as placing.
GOAL = 200.0


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """One round: microseconds to decide for one order, and to read its shelves; what became of them, and ``load``."""

    decide_us: float
    read_us: float
    parcels: float
    others: float
    load: Load

    @property
    def place_us(self) -> float:
        """Microseconds for one order over HTTP, by one client."""
        return 1_000_000 / self.load.per_second

    @property
    def ratio(self) -> float:
        return self.place_us / self.decide_us

    @property
    def is_sound(self) -> bool:
        """Every order was placed, and deciding is as much faster as it must be."""
        return self.load.answers == {"201": ORDERS} and self.ratio >= GOAL


def measure(house: House, *, say: Callable[[str], None]) -> list[Sourced]:
    """Both in turn, so that both meet the same machine; the first placements only warm up."""
    _spread()
    say("warming up")
    house.load(_plan(ORDERS // 2))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rounds = []
    for i in range(1, ROUNDS + 1):
        say(f"round {i} of {ROUNDS}: {ORDERS} orders sourced, then placed")
        decide_us, read_us, parcels, others = _source(seed=i)
        load = house.load(_plan(ORDERS))
        rounds.append(Sourced(decide_us=decide_us, read_us=read_us, parcels=parcels, others=others, load=load))
    return rounds


def _spread() -> None:
    """Four warehouses beside Berlin, and a part of the catalogue in each of the five; the same every time."""
    chance = random.Random(5)  # noqa: S311 (the same spread every time, not secrets)
    places = [Warehouse.objects.get(code="BER")]
    for priority, (code, country) in enumerate(FURTHER.items(), start=20):
        places.append(Warehouse.objects.create(code=code, name=code, country=country, priority=priority))
    pks = list(Product.objects.order_by("pk").values_list("pk", flat=True)[: shop.PRODUCTS])
    held = {pk: {place.pk for place in places if chance.random() < _SHARE} or {places[0].pk} for pk in pks}
    away = [pk for pk in pks if places[0].pk not in held[pk]]
    StockLevel.objects.filter(product__in=away).update(on_hand=0)
    new = [(pk, place.pk) for pk in pks for place in places[1:] if place.pk in held[pk]]
    StockLevel.objects.bulk_create(
        (StockLevel(product_id=pk, warehouse_id=place, on_hand=_UNITS) for pk, place in new), batch_size=5000
    )
    moved = [(pk, places[0].pk, -_UNITS) for pk in away] + [(pk, place, _UNITS) for pk, place in new]
    StockMovement.objects.bulk_create(
        (
            StockMovement(
                kind=MovementKind.ADJUSTED,
                product_id=pk,
                warehouse_id=place,
                on_hand_delta=units,
                reason="initial",
                actor_kind=SYSTEM.kind,
                actor_name=SYSTEM.name,
            )
            for pk, place, units in moved
        ),
        batch_size=5000,
    )


def _source(*, seed: int) -> tuple[float, float, float, float]:
    """Decide for as many orders, each with the ways that were not chosen: microseconds each, parcels, alternatives.

    What is read first, in one statement for all of them, is timed beside it: a placement reads its own shelves.
    """
    chance = random.Random(seed)  # noqa: S311
    pks = list(Product.objects.order_by("pk").values_list("pk", flat=True)[: shop.PRODUCTS])
    orders = [
        [Need(product_id=pk, quantity=i % 3 + 1) for i, pk in enumerate(chance.sample(pks, LINES))]
        for _ in range(ORDERS)
    ]
    started = time.perf_counter()
    rows, book = shelves_and_rules({need.product_id for needs in orders for need in needs})
    read = time.perf_counter() - started
    by_product: defaultdict[int, list[ShelfRow]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append(row)
    asked = [(needs, [row for need in needs for row in by_product[need.product_id]]) for needs in orders]
    times, parcels, others = [], 0, 0
    for _repeat in range(3):
        started = time.perf_counter()
        parcels, others = _decide(asked, book)
        times.append(time.perf_counter() - started)
    each = 1_000_000 / ORDERS
    return median(times) * each, read * each, parcels / ORDERS, others / ORDERS


def _decide(asked: Sequence[tuple[list[Need], list[ShelfRow]]], book: RuleBook) -> tuple[int, int]:
    address = shop.ORDER["shipping_address"]
    assert isinstance(address, dict)
    there = Destination(country=address["country"], postal_code=address["postal_code"])
    parcels = others = 0
    for needs, rows in asked:
        sourced = choose_locations(needs, rows, book, there).sourced
        parcels += len(sourced.chosen.locations) if sourced.chosen else 0
        others += len(sourced.alternatives)
    return parcels, others


def _plan(orders: int) -> Plan:
    return Plan(clients=1, attempts=orders, order=shop.ORDER, lines=LINES, products=(1, shop.PRODUCTS))
