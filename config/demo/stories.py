"""Orders in every state, each brought there through the services."""

from collections.abc import Callable

from config.demo.desk_stories import DESK_STORIES
from config.demo.money_stories import MONEY_STORIES
from config.demo.teller import Storyteller
from orders.errors import PaymentDeclined
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import Partner
from orders.requests import PayBy
from orders.services.cancel import cancel_order
from orders.services.feedback import give_feedback
from orders.services.hold import hold_order
from orders.services.record_payment import record_payment
from orders.services.settle import settle_payments
from orders.states import CancelReason, HoldReason
from returns.services.request_return import WantedReturn, request_return
from returns.states import ReturnReason
from shipping.states import TrackingStatus
from warehouse.services.offer_at_shelf import offer_at_shelf
from warehouse.services.short_pick import short_pick
from warehouse.states import ShortReason

MUGS = {"MUG-BLUE": 2, "TEA-EARL": 1}


def tell_stories(partner: Partner) -> None:
    """One order for each state that a visitor may want to see; the last ones placed are the newest."""
    teller = Storyteller(partner)
    for story in (*MONEY_STORIES, *STORIES):
        story(teller)


def returned(t: Storyteller) -> None:
    order = t.place({"THROW": 1, "CANDLE": 2})
    t.deliver(order)
    t.inspect(t.receive(t.ask_to_return(order, ReturnReason.CHANGED_MIND)))


def arrived_back(t: Storyteller) -> None:
    order = t.place({"CUSHION": 2})
    t.deliver(order)
    t.receive(t.ask_to_return(order, ReturnReason.TOO_LARGE))


def asked_to_return(t: Storyteller) -> None:
    order = t.place({"LANTERN": 1, "NOTEBOOK": 2})
    t.deliver(order)
    t.ask_to_return(order, ReturnReason.NOT_AS_DESCRIBED)


def loved(t: Storyteller) -> None:
    order = t.place(MUGS | {"HONEY": 1})
    t.deliver(order)
    give_feedback(order.pk, rating=5, tags=["well_packed"], comment="Lovely!", by=CUSTOMER)


def disliked(t: Storyteller) -> None:
    order = t.place({"PLATE-4": 1})
    t.deliver(order)
    give_feedback(order.pk, rating=2, tags=["late"], comment="One plate is chipped.", by=CUSTOMER)


def on_its_way(t: Storyteller) -> None:
    order = t.place({"TOWEL-2": 1, "CANDLE": 3})
    t.dispatch(order)
    t.track(order, TrackingStatus.IN_TRANSIT)


def ready(t: Storyteller) -> None:
    order = t.place({"BOOK-TEA": 1, "TEA-EARL": 2})
    t.pick(order)
    t.pack(order)
    t.label(order)


def packed(t: Storyteller) -> None:
    order = t.place({"PEN-SET": 2, "NOTEBOOK": 1})
    t.pick(order)
    t.pack(order)


def short(t: Storyteller) -> None:
    order = t.place({"LANTERN": 2, "CANDLE": 1})
    for pick_list in t.release(order):
        for task in pick_list.tasks.filter(product__sku="LANTERN", status="open"):
            short_pick(task.pk, reason=ShortReason.NOT_FOUND, by=SYSTEM)


def asked_instead(t: Storyteller) -> None:
    """One of two red mugs is broken; the customer is asked about a blue one."""
    for pick_list in t.release(t.place({"MUG-RED": 2, "HONEY": 1})):
        for task in pick_list.tasks.filter(product__sku="MUG-RED", status="open"):
            offer_at_shelf(task.pk, sku="MUG-BLUE", reason=ShortReason.DAMAGED, by=SYSTEM)


def partly_cancelled(t: Storyteller) -> None:
    order = t.place({"MUG-RED": 3, "HONEY": 2})
    line = order.lines.get(sku="MUG-RED")
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line.public_id: 1}, by=SYSTEM)
    settle_payments(order.pk)


def cancelled(t: Storyteller) -> None:
    order = t.place({"LAMP": 1})
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    settle_payments(order.pk)


def declined(t: Storyteller) -> None:
    try:
        t.place({"VASE": 1}, payment=PayBy(gateway="sandbox", token="tok_decline"))  # noqa: S106
    except PaymentDeclined:
        return


def paid_by_transfer(t: Storyteller) -> None:
    order = t.place({"CLOCK": 1}, payment=PayBy(gateway="manual"))
    record_payment(order.pk, amount=order.total, note="Bank transfer", by=SYSTEM)


def capture_refused(t: Storyteller) -> None:
    order = t.place({"CANDLE": 4}, payment=PayBy(gateway="sandbox", token="tok_capture_fails"))  # noqa: S106
    t.dispatch(order)


def held(t: Storyteller) -> None:
    order = t.place({"LAMP": 2})
    hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, note="Two lamps, new address", by=SYSTEM)


def half_a_set_back(t: Storyteller) -> None:
    order = t.place({"TEA-SET": 1})
    t.deliver(order)
    mug = order.lines.get(sku="MUG-BLUE")
    wanted = WantedReturn(order_line=mug.public_id, quantity=1, reason=ReturnReason.DAMAGED)
    request_return(order.pk, lines=[wanted], by=CUSTOMER)


STORIES: tuple[Callable[[Storyteller], object], ...] = (
    returned,
    arrived_back,
    asked_to_return,
    loved,
    disliked,
    on_its_way,
    capture_refused,
    ready,
    packed,
    short,
    asked_instead,
    partly_cancelled,
    cancelled,
    declined,
    paid_by_transfer,
    lambda t: t.pick(t.place({"CUSHION": 1, "THROW": 1})),
    lambda t: t.release(t.place({"TEAPOT": 1, "TEA-EARL": 2, "HONEY": 1})),
    lambda t: t.release(t.place(MUGS)),
    held,
    half_a_set_back,
    lambda t: t.place({"TEA-SET": 2, "HONEY": 1}),
    lambda t: t.place({"ALMANAC": 1}),  # reserved shortly before its day
    lambda t: t.place({"ALMANAC": 2, "CANDLE": 1}),
    lambda t: t.place({"EBOOK-TEA": 1, "APP-TIMER": 2}, shipping_method=""),
    lambda t: t.place({"BASKET": 2, "CANDLE": 1}),  # nothing on the shelf: backordered
    lambda t: t.place({"THROW": 25}),  # split over both warehouses
    lambda t: t.place({"NOTEBOOK": 130}),  # held by a rule
    lambda t: t.place({"PLATE-4": 1}, payment=PayBy(gateway="sandbox", token="tok_requires_action")),  # noqa: S106
    lambda t: t.place({"NOTEBOOK": 5, "PEN-SET": 2}, payment=None),
    *DESK_STORIES,
    lambda t: t.place({"VASE": 1, "HONEY": 2}),
)
