"""Something similar instead: proposed, answered in every way, and settled to the cent."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import timezone

from config.audit import checks
from orders.kernel.actor import SYSTEM
from orders.models import (
    Channel,
    Customer,
    Notification,
    Order,
    OrderHold,
    OrderLine,
    ProcessException,
    Product,
    ProductSubstitute,
)
from orders.preferences import Preferences
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.place import place_order
from orders.services.settle import settle_payments
from orders.states import CancelReason, SubstituteWish
from tests.factories.orders import ShippingMethodFactory
from tests.orders.requests import PAID, an_order
from tests.warehouse.scenes import PICKER, counters, level, line_of, on_a_list, stocked, told
from warehouse.errors import AlreadyAnswered, NotSubstitutable
from warehouse.models import Backorder, PickTask, StockMovement, SubstitutionProposal
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.answer_substitute import accept_substitute, decline_substitute
from warehouse.services.end_silence import end_silence
from warehouse.services.offer_at_shelf import offer_at_shelf
from warehouse.services.pick import pick_units
from warehouse.services.propose_substitute import propose_substitute
from warehouse.services.withdraw_substitute import withdraw_substitute
from warehouse.states import AdjustmentReason, AnswerBy, ShortReason
from warehouse.tasks import end_unanswered_substitutes, source_missing_units

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    """Two mugs for 12.50 on the books; what nobody has of them is called off."""
    ShippingMethodFactory()
    return stocked(2, sku="MUG", price=D("12.50"), tax_rate=D("0.19"), out_of_stock_policy=["substitute", "cancel"])


def similar(mug: Product, price: str = "12.50", *, units: int = 5, ratio: str = "1", rank: int = 1) -> Product:
    """A cup, of which there are some."""
    cup = stocked(units, sku=f"CUP-{rank}", price=D(price), tax_rate=D("0.19"))
    ProductSubstitute.objects.create(product=mug, substitute=cup, ratio=D(ratio), rank=rank)
    return cup


def bought(mug: Product, units: int = 2, payment: PayBy | None = PAID, **line: Any) -> Order:
    return place_order(an_order(WantedLine(sku=mug.sku, quantity=units, **line), payment=payment), by=SYSTEM)


def wishes(wish: SubstituteWish) -> None:
    Customer.objects.update(notification_preferences=Preferences(substitutes=wish).kept)


def one_is_missing(order: Order, cup: Product, wish: SubstituteWish = SubstituteWish.ASK) -> SubstitutionProposal:
    """The picker finds one of two mugs and proposes a cup."""
    wishes(wish)
    task = on_a_list(order).tasks.get()
    pick_units(task.pk, quantity=1, by=PICKER)
    offered = offer_at_shelf(task.pk, sku=cup.sku, reason=ShortReason.NOT_FOUND, by=PICKER)
    assert offered.proposal is not None
    return offered.proposal


def money(order: Order) -> tuple[D, D, D]:
    settle_payments(order.pk)
    order.refresh_from_db()
    return order.total, order.authorized_total, order.balance


def lines(order: Order) -> list[tuple[str, int, D]]:
    rows = OrderLine.objects.filter(order=order).order_by("position")
    return [(row.sku, row.active, row.amount) for row in rows]


def wrong() -> list[str]:
    return [check.name for check in checks() if check.find(1).wrong]


def mails(order: Order) -> list[str]:
    return list(Notification.objects.filter(order=order).order_by("pk").values_list("template", flat=True))


def test_a_picker_proposes_and_the_cup_is_kept(mug: Product) -> None:
    cup = similar(mug, "15.00")
    Channel.objects.update(substitute_price="its_own", substitute_hours=48)
    order = bought(mug)

    row = one_is_missing(order, cup)

    assert (row.units, row.quantity, row.difference, row.status) == (1, 1, D("2.50"), "proposed")
    assert timedelta(hours=47) < row.answer_until - timezone.now() <= timedelta(hours=48)
    assert level(cup) == {"on_hand": 5, "allocated": 1}
    assert counters(line_of(order)) == {"allocated": 1, "picked": 1}
    assert PickTask.objects.get().status == "substituted"
    assert StockMovement.objects.filter(product=cup).latest("id").allocated_delta == 1
    assert told(order)[-1] == "substitution.proposed"
    mail = Notification.objects.get(template="warehouse/mail/substitute")
    assert (mail.context["instead"], mail.context["more"], mail.context["unanswered"]) == (cup.name, "2.50", "decline")
    assert wrong() == []
    assert source_missing_units() == 0
    assert not OrderHold.objects.exists()


@pytest.mark.parametrize(
    ("price", "total", "authorized", "balance"),
    [("15.00", "32.40", "29.90", "2.50"), ("12.50", "29.90", "29.90", "0"), ("10.00", "27.40", "27.40", "0")],
)
@pytest.mark.parametrize("silence", [False, True])
def test_yes_changes_the_order_and_settles_the_money(
    mug: Product, price: str, total: str, authorized: str, balance: str, silence: bool
) -> None:
    cup = similar(mug, price)
    Channel.objects.update(substitute_price="its_own", substitute_unanswered="accept")
    order = bought(mug)
    row = one_is_missing(order, cup)

    if silence:
        SubstitutionProposal.objects.update(answer_until=timezone.now())
        assert end_unanswered_substitutes() == 1
    else:
        accept_substitute(row.pk, answered_by=AnswerBy.CUSTOMER, by=SYSTEM)

    assert money(order) == (D(total), D(authorized), D(balance))
    assert lines(order) == [("MUG", 1, D("12.50")), (cup.sku, 1, D(price))]
    row.refresh_from_db()
    assert (row.status, row.answered_by) == ("applied", "silence" if silence else "customer")
    assert row.change is not None
    assert row.change.total_after == D(total)
    new = OrderLine.objects.get(product=cup)
    assert (new.replaces, new.accepts_substitutes) == (order.lines.get(product=mug), False)
    assert level(cup) == {"on_hand": 5, "allocated": 1}
    is_dearer = D(balance) > 0
    assert OrderHold.objects.filter(reason="awaiting_payment", released_at=None).exists() == is_dearer
    assert mails(order).count("orders/mail/payment_link") == int(is_dearer)
    assert mails(order).count("orders/mail/changed") == 1
    assert wrong() == []


@pytest.mark.parametrize("price", ["15.00", "12.50", "10.00"])
@pytest.mark.parametrize("silence", [False, True])
def test_no_takes_the_next_way_out(mug: Product, price: str, silence: bool) -> None:
    cup = similar(mug, price)
    Channel.objects.update(substitute_price="its_own")
    order = bought(mug)
    row = one_is_missing(order, cup)

    if silence:
        SubstitutionProposal.objects.update(answer_until=timezone.now())
        assert end_unanswered_substitutes() == 1
    else:
        decline_substitute(row.pk, answered_by=AnswerBy.CUSTOMER, by=SYSTEM)
    assert level(cup) == {"on_hand": 5}
    source_missing_units()

    assert money(order) == (D("17.40"), D("17.40"), D(0))
    assert lines(order) == [("MUG", 1, D("12.50"))]
    row.refresh_from_db()
    assert (row.status, row.answered_by) == (("expired", "silence") if silence else ("declined", "customer"))
    assert mails(order)[-2:] == ["warehouse/mail/substitute_declined", "orders/mail/cancelled"]
    assert not ProcessException.objects.exists()
    assert wrong() == []


def test_it_never_costs_more_unless_the_channel_says_so(mug: Product) -> None:
    cup = similar(mug, "9.00", ratio="2.5")
    order = bought(mug, units=2, discount=D("1.00"))
    row = one_is_missing(order, cup)
    assert (row.quantity, row.unit_price, row.discount, row.difference) == (3, D("9.00"), D("15.00"), D(0))

    accept_substitute(row.pk, answered_by=AnswerBy.CUSTOMER, by=SYSTEM)

    assert money(order) == (D("28.90"), D("28.90"), D(0))
    assert lines(order) == [("MUG", 1, D("12.00")), (cup.sku, 3, D("12.00"))]


@pytest.mark.parametrize(
    ("price", "difference"),
    [("20.00", "-0.01"), ("10.00", "-2.00")],  # with tax and shipping, which then has 25.5 %
)
def test_where_prices_exclude_tax_the_difference_is_that_of_the_order(
    mug: Product, price: str, difference: str
) -> None:
    cup = similar(mug, price)
    Product.objects.filter(pk=cup.pk).update(tax_rate=D("0.255"))
    Channel.objects.update(prices_include_tax=False)
    order = bought(mug)
    before = order.total
    row = one_is_missing(order, cup)
    assert row.difference == D(difference)

    accept_substitute(row.pk, answered_by=AnswerBy.CUSTOMER, by=SYSTEM)

    assert money(order) == (before + D(difference), before + D(difference), D(0))


def test_who_takes_anything_close_gets_it_on_the_same_walk(mug: Product) -> None:
    cup = similar(mug)
    order = bought(mug)

    row = one_is_missing(order, cup, SubstituteWish.ALWAYS_ACCEPT)

    assert (row.status, row.answered_by) == ("applied", "wish")
    tasks = PickTask.objects.order_by("pk").values_list("product__sku", "quantity", "status")
    assert list(tasks) == [("MUG", 2, "substituted"), (cup.sku, 1, "open")]
    assert set(PickTask.objects.values_list("pick_list__status", flat=True)) == {"in_progress"}
    assert "warehouse/mail/substitute" not in mails(order)
    assert mails(order)[-1] == "orders/mail/changed"
    assert wrong() == []


@pytest.mark.parametrize("said", ["wish", "line"])
def test_who_wants_nothing_else_is_never_asked(mug: Product, said: str) -> None:
    cup = similar(mug)
    order = bought(mug, accepts_substitutes=said != "line")
    if said == "wish":
        wishes(SubstituteWish.NEVER_ACCEPT)
    task = on_a_list(order).tasks.get()

    offered = offer_at_shelf(task.pk, sku=cup.sku, reason=ShortReason.NOT_FOUND, by=PICKER)

    assert (offered.proposal, offered.missing) == (None, 2)
    assert not SubstitutionProposal.objects.exists()
    assert level(cup) == {"on_hand": 5}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sku": "MUG"}, "can't be sent instead"),
        ({"units": 2}, "1 units"),
        ({"units": 0}, "1 units"),
        ({"line": "ol_nothing"}, "no such line"),
        ({"warehouse": "XXX"}, "No warehouse"),
    ],
)
def test_what_cant_be_proposed_changes_nothing(mug: Product, changes: dict[str, Any], words: str) -> None:
    cup = similar(mug)
    order = bought(mug)
    row = one_is_missing(order, cup)
    withdraw_substitute(row.pk, by=SYSTEM)
    other = similar(mug, rank=2)
    before = (level(cup), level(other), told(order))

    wanted: dict[str, Any] = {"line": line_of(order).public_id, "sku": other.sku, **changes}
    with pytest.raises(NotSubstitutable, match=words):
        propose_substitute(order.pk, **wanted, by=SYSTEM)

    assert (level(cup), level(other), told(order)) == before
    assert SubstitutionProposal.objects.count() == 1


def test_the_last_cups_are_kept_once(mug: Product) -> None:
    cup = similar(mug, units=1)
    first, second = bought(mug, 1), bought(mug, 1)
    walk = on_a_list(first, second)
    kept, none = (
        offer_at_shelf(task.pk, sku=cup.sku, reason=ShortReason.DAMAGED, by=PICKER).proposal
        for task in walk.tasks.order_by("pk")
    )
    assert kept is not None
    assert none is None
    assert level(cup) == {"on_hand": 1, "allocated": 1}


def test_an_answer_counts_once(mug: Product) -> None:
    order = bought(mug)
    row = one_is_missing(order, similar(mug))
    accept_substitute(row.pk, answered_by=AnswerBy.CUSTOMER, by=SYSTEM)
    before = (told(order), lines(order), mails(order))
    for answer in (accept_substitute, decline_substitute):
        with pytest.raises(AlreadyAnswered):
            answer(row.pk, answered_by=AnswerBy.STAFF, by=SYSTEM)
    with pytest.raises(AlreadyAnswered):
        end_silence(row.pk, by=SYSTEM)
    assert (told(order), lines(order), mails(order)) == before


def test_there_is_time_until_it_is_over(mug: Product) -> None:
    order = bought(mug)
    row = one_is_missing(order, similar(mug))
    with pytest.raises(AlreadyAnswered):
        end_silence(row.pk, by=SYSTEM)
    assert end_unanswered_substitutes() == 0
    row.refresh_from_db()
    assert row.status == "proposed"


def test_what_is_called_off_is_not_asked_about_any_more(mug: Product) -> None:
    cup = similar(mug)
    order = bought(mug)
    row = one_is_missing(order, cup)

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line_of(order).public_id: 1}, by=SYSTEM)

    row.refresh_from_db()
    assert (row.status, level(cup)) == ("withdrawn", {"on_hand": 5})
    assert told(order)[-1] == "substitution.withdrawn"
    assert wrong() == []


def test_a_count_takes_what_is_kept_before_what_is_sold(mug: Product) -> None:
    cup = similar(mug, units=3)
    order = bought(mug)
    row = one_is_missing(order, cup)
    other = bought(cup, 2)

    adjust_stock("CUP-1", warehouse="BER", counted=2, reason=AdjustmentReason.COUNT, by=SYSTEM)

    row.refresh_from_db()
    assert row.status == "withdrawn"
    assert level(cup) == {"on_hand": 2, "allocated": 2}
    assert counters(line_of(other)) == {"allocated": 2}
    source_missing_units()
    assert lines(order) == [("MUG", 1, D("12.50"))]
    assert wrong() == []


def test_the_tick_offers_what_the_policy_names_first(mug: Product) -> None:
    near, far = similar(mug, "12.00"), similar(mug, "13.00", rank=2)
    order = bought(mug)
    adjust_stock("MUG", warehouse="BER", counted=0, reason=AdjustmentReason.LOSS, by=SYSTEM)

    source_missing_units()

    row = SubstitutionProposal.objects.get()
    assert (row.product, row.units, row.order, row.proposed_by) == (near, 2, order, "system")
    decline_substitute(row.pk, answered_by=AnswerBy.STAFF, note="told me on the phone", by=PICKER)
    source_missing_units()
    assert SubstitutionProposal.objects.count() == 1  # the customer isn't asked twice
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert level(far) == {"on_hand": 5}
    assert wrong() == []


def test_who_waits_and_says_no_keeps_the_place_in_the_queue(mug: Product) -> None:
    Product.objects.filter(pk=mug.pk).update(out_of_stock_policy=["backorder"])
    cup = similar(mug)
    order = bought(mug, 5)
    waiting = Backorder.objects.get()
    assert waiting.quantity == 3

    row = propose_substitute(order.pk, line=line_of(order).public_id, sku=cup.sku, by=SYSTEM)
    waiting.refresh_from_db()
    assert (row.units, waiting.status) == (3, "cancelled")
    assert counters(line_of(order)) == {"allocated": 2}

    decline_substitute(row.pk, answered_by=AnswerBy.CUSTOMER, by=SYSTEM)

    again = Backorder.objects.get(status="waiting")
    assert (again.quantity, again.created_at) == (3, waiting.created_at)
    assert counters(line_of(order)) == {"allocated": 2, "backordered": 3}
    assert wrong() == []


def test_a_silence_that_cant_be_followed_is_a_persons_question(mug: Product) -> None:
    cup = similar(mug)
    Channel.objects.update(substitute_unanswered="accept")
    order = bought(mug)
    row = one_is_missing(order, cup)
    Product.objects.filter(pk=cup.pk).update(is_active=False)  # nobody may buy it any more
    SubstitutionProposal.objects.update(answer_until=timezone.now())

    assert end_unanswered_substitutes() == 0
    assert end_unanswered_substitutes() == 0

    asked = ProcessException.objects.get()
    assert (asked.category, asked.subject_id, asked.facts["reason"]) == (
        "substitute_stuck",
        row.public_id,
        "invalid",
    )
    assert level(cup) == {"on_hand": 5, "allocated": 1}
    decline_substitute(row.pk, answered_by=AnswerBy.STAFF, by=PICKER)
    asked.refresh_from_db()
    assert asked.status == "resolved"
