"""Backorders: tied to what comes, promised, told of every change, filled by policy, called off by their customer."""

from datetime import date

import pytest
from django.utils import timezone

from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.kernel.work import ask
from orders.models import DeliveryPromise, Notification, Order, OrderEvent, ShippingMethod
from orders.questions import PromiseDates
from orders.requests import WantedLine
from orders.services.cancel import cancel_order
from orders.services.confirm import confirm_order
from orders.services.place import place_order
from orders.states import CancelReason
from tests.factories.orders import ChannelFactory, ShippingMethodFactory, a_bundle
from tests.orders.requests import an_order
from tests.warehouse.purchases import (
    BUYER,
    acknowledged,
    bought,
    drafted,
    in_days,
    incoming,
    offered,
    promises,
    the,
    ties,
    waiting,
)
from tests.warehouse.scenes import counters, labelled, line_of, ordered, stocked, told
from warehouse.errors import NotWaiting
from warehouse.models import Backorder, BackorderSupply, Package, Warehouse
from warehouse.planning.calendar import arrives_on, working_day_after
from warehouse.services.acknowledge_purchase import acknowledge_purchase_order, move_expected_date
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.answer_backorder import agree_to_wait, call_off_waiting
from warehouse.services.cancel_purchase import cancel_purchase_order
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.receive_goods import Arrived, receive_goods
from warehouse.services.ship_packages import ship_packages
from warehouse.states import AdjustmentReason, FillPolicy
from warehouse.tasks import follow_supplies, watch_suppliers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def at_the_customer(here: date) -> date:
    """The day that is promised for goods that come in on ``here``."""
    return arrives_on(working_day_after(here, "12345"), 3)


def state(backorder: Backorder) -> tuple[str, int, list[int]]:
    """Its status, the units that still wait, and those that each purchase brings."""
    row = the(backorder)
    return row.status, row.quantity, [units for _number, units in ties(row)]


def received(row, sku: str, units: int, **more: object) -> None:  # type: ignore[no-untyped-def]
    receive_goods(row.pk, arrived=[Arrived(sku=sku, accepted=units, **more)], by=BUYER)  # type: ignore[arg-type]


def mails(order: Order) -> int:
    return Notification.objects.filter(order=order, template="orders/mail/promise_changed").count()


class TestFollow:
    def test_bought_then_promised_then_filled_then_sent(self) -> None:
        rare = offered("RARE", days=7)
        backorder = waiting(rare, 3)
        order = backorder.line.order
        assert state(backorder) == ("waiting", 3, [])

        row = bought((rare, 5))
        assert state(backorder) == ("ordered", 3, [3])
        assert mails(order) == 0  # it comes on the day that was said

        acknowledge_purchase_order(row.pk, dates={"RARE": in_days(10)}, by=BUYER)
        assert state(backorder) == ("promised", 3, [3])
        promised = at_the_customer(in_days(10))
        assert the(backorder).expected_on == promised
        assert promises(order)[-1] == (promised, "supplier", "backordered")
        assert mails(order) == 1

        received(row, "RARE", 5)
        assert state(backorder) == ("allocated", 0, [])
        assert the(backorder).filled == 3
        assert counters(backorder.line) == {"allocated": 3}
        assert not BackorderSupply.objects.exists()

        ship_packages([labelled(order).pk], by=SYSTEM)
        assert the(backorder).status == "fulfilled"
        assert [name for name in told(order) if name.startswith("backorder")] == [
            "backorder.followed",
            "backorder.followed",
            "backorder.allocated",
        ]

    def test_the_oldest_gets_what_comes_first(self) -> None:
        rare = offered("RARE")
        first, second, third = (waiting(rare, n) for n in (3, 4, 2))
        early, late = bought((rare, 5)), bought((rare, 2))
        acknowledge_purchase_order(early.pk, dates={"RARE": in_days(3)}, by=BUYER)
        acknowledge_purchase_order(late.pk, dates={"RARE": in_days(9)}, by=BUYER)

        assert state(first) == ("promised", 3, [3])
        assert state(second) == ("promised", 4, [2, 2])
        assert state(third) == ("waiting", 2, [])
        assert the(first).expected_on == at_the_customer(in_days(3))
        assert the(second).expected_on == at_the_customer(in_days(9))

        received(early, "RARE", 5)  # the second gets two of its four now
        assert [state(each) for each in (first, second, third)] == [
            ("allocated", 0, []),
            ("promised", 2, [2]),
            ("waiting", 2, []),
        ]

    def test_every_new_day_is_told_at_once_and_kept(self) -> None:
        rare = offered("RARE")
        backorder = waiting(rare, 1)
        order = backorder.line.order
        row = acknowledged((rare, 1), days=7)
        before = mails(order)

        move_expected_date(row.pk, dates={"RARE": in_days(20)}, by=BUYER)
        move_expected_date(row.pk, dates={"RARE": in_days(13)}, by=BUYER)

        assert promises(order)[-2:] == [
            (at_the_customer(in_days(20)), "supplier", "supplier"),
            (at_the_customer(in_days(13)), "supplier", "backordered"),
        ]
        notices = DeliveryPromise.objects.filter(line__order=order, kind="notice")
        assert list(notices.order_by("-pk").values_list("promised_on", flat=True)[:2]) == [
            at_the_customer(in_days(13)),
            at_the_customer(in_days(20)),
        ]
        assert mails(order) == before + 2
        line = line_of(order)
        assert line.promised_on == at_the_customer(in_days(13))

    def test_a_supplier_past_its_day_is_told_before_the_customers_day_passes(self) -> None:
        rare = offered("RARE")
        backorder = waiting(rare, 1)
        row = acknowledged((rare, 1), days=7)
        row.lines.update(expected_on=in_days(-1))
        before = mails(backorder.line.order)

        watch_suppliers()

        assert state(backorder) == ("ordered", 1, [1])
        line = line_of(backorder.line.order)
        assert (line.promised_on, the(backorder).expected_on) == (None, None)
        assert mails(line.order) == before + 1
        event = OrderEvent.objects.filter(order=line.order, type="promise.changed").latest("pk")
        assert (event.data["promised_on"], event.data["reason"]) == (None, "supplier")
        watch_suppliers()
        assert mails(line.order) == before + 1

    def test_who_waits_for_what_is_called_off_waits_on(self) -> None:
        rare = offered("RARE")
        first, second = waiting(rare, 3), waiting(rare, 2)
        row = acknowledged((rare, 5), days=4)
        before = mails(second.line.order)

        cancel_purchase_order(row.pk, units={"RARE": 2}, by=BUYER)

        assert state(first) == ("promised", 3, [3])
        assert state(second) == ("waiting", 2, [])
        assert mails(second.line.order) == before + 1
        assert line_of(second.line.order).promised_on == at_the_customer(in_days(7))

    def test_nobody_hears_of_a_draft(self) -> None:
        rare = offered("RARE")
        backorder = waiting(rare, 1)
        drafted((rare, 5))
        follow_supplies()
        assert state(backorder) == ("waiting", 1, [])

    def test_who_begins_to_wait_is_tied_to_what_comes_anyhow(self) -> None:
        rare = offered("RARE", days=30)
        acknowledged((rare, 5), days=4)
        backorder = waiting(rare, 2)
        order = backorder.line.order
        assert promises(order) == [(at_the_customer(in_days(4)), "stock", "")]  # not in thirty days

        assert follow_supplies() == 1

        assert state(backorder) == ("promised", 2, [2])
        assert mails(order) == 0
        assert follow_supplies() == 0

    def test_more_units_of_a_line_wait_anew(self) -> None:
        rare = offered("RARE")
        backorder = waiting(rare, 2)
        acknowledged((rare, 3), days=4)
        other = waiting(rare, 4)
        follow_supplies()
        assert (state(backorder), state(other)) == (("promised", 2, [2]), ("waiting", 4, [1]))

    def test_a_date_that_nothing_was_bought_for_in_time_is_moved(self) -> None:
        rare = offered("RARE", days=7)
        backorder = waiting(rare, 1)
        line = backorder.line
        line.promised_on = in_days(1)
        line.save(update_fields=["promised_on"])

        assert follow_supplies() == 1

        assert state(backorder) == ("waiting", 1, [])
        assert line_of(line.order).promised_on == at_the_customer(in_days(7))
        assert mails(line.order) == 1
        assert follow_supplies() == 0 or mails(line.order) == 1

    def test_the_dates_of_an_order_follow_what_was_bought_for_it(self) -> None:
        rare = offered("RARE", days=30)
        backorder = waiting(rare, 2)
        acknowledged((rare, 2), days=4)
        asked = PromiseDates(order_id=backorder.line.order_id, country="DE", transit_days=3)
        assert ask(asked) == {backorder.line_id: at_the_customer(in_days(4))}


class TestPolicies:
    """Four units come; three orders wait: for three of it, for two and a lamp, for two by express."""

    def the_queue(self, policy: FillPolicy) -> list[Backorder]:
        ShippingMethodFactory()
        express = ShippingMethod.objects.create(code="express", name="Express", days_min=1, days_max=1)
        express.channels.add(ChannelFactory())
        rare, lamp = offered("RARE"), offered("LAMP")
        Warehouse.objects.update(fill_policy=policy)
        three = ordered((rare, 3))
        two_things = ordered((rare, 2), (lamp, 1))
        fast = place_order(an_order(WantedLine(sku="RARE", quantity=2), shipping_method="express"), by=SYSTEM)
        confirm_order(fast.pk, by=SYSTEM)
        received(bought((rare, 4)), "RARE", 4)
        return [Backorder.objects.get(line__order=order, product=rare) for order in (three, two_things, fast)]

    @pytest.mark.parametrize(
        ("policy", "left"),
        [
            (FillPolicy.OLDEST, [0, 1, 2]),
            (FillPolicy.PRIORITY, [1, 2, 0]),  # two to the express, then by age
            (FillPolicy.COMPLETE_MOST_ORDERS, [1, 2, 0]),  # one order is complete; three of the first would be as well
        ],
    )
    def test_who_comes_first(self, policy: FillPolicy, left: list[int]) -> None:
        assert [the(row).quantity for row in self.the_queue(policy)] == left

    def test_as_many_complete_orders_as_possible(self) -> None:
        rare = offered("RARE")
        Warehouse.objects.update(fill_policy=FillPolicy.COMPLETE_MOST_ORDERS)
        rows = [waiting(rare, n) for n in (4, 1, 2, 1)]

        received(bought((rare, 4)), "RARE", 4)

        assert [the(row).quantity for row in rows] == [4, 0, 0, 0]

    def test_a_find_on_the_shelf_goes_the_same_way(self) -> None:
        rare = offered("RARE")
        Warehouse.objects.update(fill_policy=FillPolicy.COMPLETE_MOST_ORDERS)
        rows = [waiting(rare, n) for n in (4, 1)]
        row = acknowledged((rare, 5))
        adjust_stock("RARE", warehouse="BER", delta=1, reason=AdjustmentReason.FOUND, by=SYSTEM)
        assert [the(each).quantity for each in rows] == [4, 0]
        assert [state(each)[2] for each in rows] == [[4], []]
        assert incoming(rare) == row.lines.get().open == 5


class TestCancel:
    def test_a_cancelled_line_frees_what_was_bought_for_it(self) -> None:
        rare = offered("RARE")
        first, second = waiting(rare, 3), waiting(rare, 3)
        acknowledged((rare, 4), days=4)
        assert (state(first), state(second)) == (("promised", 3, [3]), ("waiting", 3, [1]))

        cancel_order(first.line.order_id, reason=CancelReason.CUSTOMER, by=CUSTOMER)
        assert state(first) == ("cancelled", 0, [])
        assert follow_supplies() == 1

        assert state(second) == ("promised", 3, [3])
        assert incoming(rare) == 4  # what nobody waits for any more becomes stock

    def test_what_had_come_in_for_it_is_no_longer_waited_for(self) -> None:
        rare = offered("RARE")
        backorder = waiting(rare, 2)
        received(bought((rare, 2)), "RARE", 2)
        cancel_order(backorder.line.order_id, reason=CancelReason.CUSTOMER, by=CUSTOMER)
        assert the(backorder).status == "cancelled"

    def test_the_customer_calls_off_what_waits_and_keeps_the_rest(self) -> None:
        rare, mug = offered("RARE"), stocked(5, sku="MUG")
        stocked(1, sku="RARE")
        ShippingMethodFactory()
        order = ordered((rare, 3), (mug, 1))
        line = line_of(order, rare)

        call_off_waiting(order.pk, line=line.public_id, by=CUSTOMER)

        assert counters(line) == {"cancelled": 2, "allocated": 1}
        assert Order.objects.get(pk=order.pk).status == "confirmed"
        with pytest.raises(NotWaiting):
            call_off_waiting(order.pk, line=line.public_id, by=CUSTOMER)

    def test_a_part_of_a_bundle_isnt_called_off_by_itself(self) -> None:
        ShippingMethodFactory()
        rare, mug = offered("RARE"), stocked(5, sku="MUG")
        order = ordered((a_bundle("GIFT", price="20.00", parts={rare: 1, mug: 1}), 1))
        part = order.lines.get(sku="RARE")
        with pytest.raises(NotWaiting):
            call_off_waiting(order.pk, line=part.public_id, by=CUSTOMER)
        assert counters(part) == {"backordered": 1}

    def test_the_customer_agrees_to_wait_until_that_day(self) -> None:
        rare = offered("RARE")
        backorder = waiting(rare, 1)
        row = acknowledged((rare, 1), days=4)
        order = backorder.line.order

        for _ in range(2):
            agree_to_wait(order.pk, line=backorder.line.public_id, by=CUSTOMER)

        assert the(backorder).agreed_on == at_the_customer(in_days(4))
        assert told(order).count("backorder.agreed") == 1
        move_expected_date(row.pk, dates={"RARE": in_days(20)}, by=BUYER)
        assert the(backorder).agreed_on < the(backorder).expected_on
        received(row, "RARE", 1)
        for line in (backorder.line.public_id, "ol_nope"):
            with pytest.raises(NotWaiting):
                agree_to_wait(order.pk, line=line, by=CUSTOMER)


def test_a_draft_placed_later_serves_who_came_meanwhile() -> None:
    rare = offered("RARE")
    draft = drafted((rare, 3))
    backorder = waiting(rare, 3)
    place_purchase_order(draft.pk, by=BUYER)
    assert state(backorder) == ("ordered", 3, [3])
    assert timezone.localdate() < the(backorder).expected_on
    assert not Package.objects.exists()
