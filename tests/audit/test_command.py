"""``manage.py audit``: one snapshot, nothing written, everything named, and an exit code that scripts can trust."""

import json
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from config.audit import checks, snapshot
from orders.kernel.actor import SYSTEM
from orders.models import Order
from orders.requests import WantedLine
from orders.services.place import place_order
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.shipping import stocked
from tests.orders.requests import PAID, an_order
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders() -> list[Order]:
    ShippingMethodFactory()
    stocked(ProductFactory(sku="MUG"))
    return [place_order(an_order(WantedLine(sku="MUG", quantity=1), payment=PAID), by=SYSTEM) for _ in range(3)]


def break_totals() -> None:
    Order.objects.update(items_total=1, discount_total=1)


def test_a_healthy_house_is_told_so(orders: list[Order], capsys) -> None:
    call_command("audit")

    told = capsys.readouterr().out
    assert f"{len(checks())} invariants hold" in told
    assert told.count("ok ") == len(checks())


def test_what_is_wrong_is_named_and_the_exit_code_says_so(orders: list[Order], capsys) -> None:
    break_totals()

    with pytest.raises(CommandError, match=rf"^1 of {len(checks())} invariants are broken: order_totals$") as refusal:
        call_command("audit", most=2)

    assert refusal.value.returncode == 1
    told = capsys.readouterr().out
    assert "WRONG  order_totals                   3 times. An order's totals are the sums of its lines" in told
    first, second, third = sorted(order.number for order in orders)
    assert f"         {first}: items_total 1.000, items 12.500" in told
    assert second in told
    assert third not in told
    assert "         and 1 more" in told


def test_json_is_one_document(orders: list[Order], capsys) -> None:
    break_totals()
    StockLevel.objects.update(unavailable=1)

    with pytest.raises(CommandError, match="2 of "):
        call_command("audit", json=True)

    told = json.loads(capsys.readouterr().out)
    wrong = {check["name"]: check for check in told["checks"] if check["wrong"]}
    assert (told["ok"], len(told["checks"]), sorted(wrong)) == (False, len(checks()), ["order_totals", "stock_levels"])
    assert wrong["stock_levels"]["examples"] == [
        {
            "subject": "MUG @ BER",
            "on_hand": 10,
            "on_hand_moved": 10,
            "allocated": 3,
            "allocated_moved": 3,
            "unavailable": 1,
            "unavailable_moved": 0,
        }
    ]


def test_only_some_checks_may_be_asked_for(orders: list[Order], capsys) -> None:
    break_totals()
    call_command("audit", only=["stock_levels", "order_money"])
    assert "2 invariants hold" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no such check: nonsense"):
        call_command("audit", only=["nonsense"])
    call_command("audit", list=True)
    assert "order_totals                   An order's totals are" in capsys.readouterr().out


def test_the_snapshot_neither_writes_nor_sees_what_others_write(orders: list[Order]) -> None:
    with snapshot():
        assert Order.objects.exclude(items_total=1).count() == 3
        other = Thread(target=elsewhere, args=[break_totals])
        other.start()
        other.join()
        assert Order.objects.exclude(items_total=1).count() == 3
        with pytest.raises(DatabaseError, match="read-only transaction"):
            break_totals()
        connection.needs_rollback = False
    assert Order.objects.filter(items_total=1).count() == 3


def elsewhere(act) -> None:
    try:
        act()
    finally:
        connection.close()
