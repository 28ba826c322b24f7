"""Two people at one delivery, customers who order while goods come in: every unit is counted and given out once."""

from functools import partial

import pytest
from django.db.models import Sum

from orders.errors import Stale
from orders.kernel.actor import SYSTEM
from orders.models import Order, OrderLine
from orders.requests import WantedLine
from orders.services.cancel import cancel_order
from orders.services.place import place_order
from orders.states import CancelReason
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once
from tests.warehouse.purchases import BUYER, bought, drafted, in_days, incoming, offered, the, waiting
from tests.warehouse.scenes import assert_books_agree, level
from warehouse.audit.supply import SUPPLY
from warehouse.errors import NotPutAway, PurchaseNotOpen
from warehouse.models import Backorder, BackorderSupply, PurchaseOrder, PutAwayTask, Receipt
from warehouse.services.acknowledge_purchase import move_expected_date
from warehouse.services.cancel_purchase import cancel_purchase_order
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.propose_purchases import propose_purchases
from warehouse.services.put_away import put_away
from warehouse.services.receive_goods import Arrived, receive_goods
from warehouse.tasks import follow_supplies

pytestmark = pytest.mark.django_db(transaction=True)


def receive(row: PurchaseOrder, units: int, version: int | None = None) -> Receipt:
    return receive_goods(row.pk, arrived=[Arrived(sku="RARE", accepted=units)], version=version, by=BUYER)


def all_is_well() -> None:
    assert_books_agree()
    assert [check.name for check in SUPPLY if check.find(5).wrong] == []


def test_two_people_count_the_same_delivery() -> None:
    rare = offered("RARE")
    row = bought((rare, 10))

    outcomes = at_once([partial(receive, row, 10, row.version) for _ in range(4)])

    assert sorted(type(each).__name__ for each in outcomes) == ["Receipt", "Stale", "Stale", "Stale"]
    assert all(isinstance(each, Receipt | Stale) for each in outcomes)
    assert (level(rare), incoming(rare), the(row).status) == ({"on_hand": 10}, 0, "received")
    all_is_well()


def test_two_deliveries_of_one_order_at_once_are_both_counted() -> None:
    rare = offered("RARE")
    row = bought((rare, 10))
    at_once([partial(receive, row, 4), partial(receive, row, 6)])
    assert (level(rare), incoming(rare), the(row).status) == ({"on_hand": 10}, 0, "received")
    all_is_well()


def test_goods_come_in_while_customers_order_them() -> None:
    rare = offered("RARE")
    before = [waiting(rare, 1) for _ in range(3)]
    row = bought((rare, 6))
    wanted = an_order(WantedLine(sku="RARE", quantity=1), payment=PAID)

    outcomes = at_once([partial(receive, row, 6), *(partial(place_order, wanted, by=SYSTEM) for _ in range(6))])

    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert [the(each).status for each in before] == ["allocated"] * 3  # who came first has them
    lines = OrderLine.objects.aggregate(allocated=Sum("allocated"), backordered=Sum("backordered"))
    assert lines["allocated"] + lines["backordered"] == 9
    assert level(rare) == {"on_hand": 6, "allocated": lines["allocated"]}
    follow_supplies()
    all_is_well()


def test_received_moved_and_called_off_at_the_same_moment() -> None:
    rare = offered("RARE")
    backorders = [waiting(rare, 2) for _ in range(4)]
    first, second = bought((rare, 5)), bought((rare, 5))

    outcomes = at_once(
        [
            partial(receive, first, 5),
            partial(cancel_purchase_order, second.pk, units={"RARE": 3}, by=BUYER),
            partial(move_expected_date, second.pk, dates={"RARE": in_days(9)}, by=BUYER),
            partial(cancel_order, backorders[0].line.order_id, reason=CancelReason.CUSTOMER, by=SYSTEM),
            partial(cancel_order, backorders[3].line.order_id, reason=CancelReason.CUSTOMER, by=SYSTEM),
        ]
    )

    assert [each for each in outcomes if isinstance(each, Exception)] == []
    follow_supplies()
    assert (level(rare)["on_hand"], incoming(rare)) == (5, 2)
    all_is_well()


def test_placed_and_cancelled_once() -> None:
    rare = offered("RARE")
    draft = drafted((rare, 3))
    outcomes = at_once([partial(place_purchase_order, draft.pk, by=BUYER) for _ in range(4)])
    assert sum(isinstance(each, PurchaseOrder) for each in outcomes) == 1
    assert {type(each) for each in outcomes} == {PurchaseOrder, PurchaseNotOpen}
    assert incoming(rare) == 3

    outcomes = at_once([partial(cancel_purchase_order, draft.pk, by=BUYER) for _ in range(4)])
    assert sum(isinstance(each, PurchaseOrder) for each in outcomes) == 1
    assert incoming(rare) == 0
    all_is_well()


def test_one_proposal_whoever_asks() -> None:
    rare = offered("RARE")
    waiting(rare, 4)
    outcomes = at_once([partial(propose_purchases, by=BUYER) for _ in range(4)])
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert list(PurchaseOrder.objects.values_list("status", "lines__quantity")) == [("draft", 4)]


def test_put_away_once() -> None:
    rare = offered("RARE")
    receive(bought((rare, 5)), 5)
    task = PutAwayTask.objects.get()
    outcomes = at_once([partial(put_away, task.pk, by=BUYER) for _ in range(4)])
    assert sum(isinstance(each, PutAwayTask) for each in outcomes) == 1
    assert {type(each) for each in outcomes} == {PutAwayTask, NotPutAway}
    all_is_well()


def test_two_purchases_at_once_never_promise_one_unit_twice() -> None:
    rare = offered("RARE")
    for _ in range(4):
        waiting(rare, 2)
    drafts = [drafted((rare, 4)) for _ in range(3)]
    at_once([partial(place_purchase_order, draft.pk, by=BUYER) for draft in drafts])
    tied = BackorderSupply.objects.aggregate(n=Sum("quantity"))["n"]
    assert tied == 8 == Backorder.objects.aggregate(n=Sum("quantity"))["n"]
    assert not Order.objects.exclude(status="confirmed").exists()
    all_is_well()
