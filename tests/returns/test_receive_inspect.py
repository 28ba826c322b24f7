"""Goods come back: counted, judged, put away, and refunded to the cent with a credit note."""

from decimal import Decimal

import pytest

from config.audit import checks
from orders.models import CreditNote, Notification, Order, OrderEvent, ProcessException, Refund
from orders.services.settle import settle_payments
from returns.errors import InvalidReceipt, WrongReturnStatus
from returns.models import Return, ReturnLine
from returns.services.inspect_return import Finding, inspect_return
from returns.services.receive_return import receive_return
from returns.states import Condition, Disposition
from tests.factories.returns import line_ids, received, requested
from tests.factories.shipping import PACKER
from tests.returns.shops import order
from warehouse.models import StockLevel

__all__ = ["order"]
pytestmark = pytest.mark.django_db


def stock(sku: str) -> tuple[int, int]:
    level = StockLevel.objects.get(product__sku=sku)
    return level.on_hand, level.unavailable


def found(line: str, accepted: int, disposition: Disposition = Disposition.RESTOCK) -> Finding:
    return Finding(line=line, accepted=accepted, condition=Condition.NEW, disposition=disposition)


def counters(order: Order) -> list[tuple[int, int]]:
    return list(order.lines.values_list("return_requested", "returned"))


def test_all_of_it_comes_back_is_restocked_and_refunded(order: Order) -> None:
    returning = requested(order, {"MUG": 2, "POT": 1})
    lines = line_ids(returning)

    received(returning)
    order.refresh_from_db()
    assert counters(order) == [(0, 2), (0, 1)]
    assert (Return.objects.get().status, order.return_status) == ("received", "in_return")
    assert stock("MUG") == (7, 0)

    inspect_return(
        returning.pk, findings=[found(lines["MUG"], 2), found(lines["POT"], 1, Disposition.QUARANTINE)], by=PACKER
    )

    returning.refresh_from_db()
    order.refresh_from_db()
    refund, note = Refund.objects.get(), CreditNote.objects.get()
    assert (returning.status, order.return_status) == ("closed", "partially_returned")
    assert (stock("MUG"), stock("POT")) == ((9, 0), (10, 1))
    assert (refund.amount, refund.cause_kind, refund.cause_id) == (Decimal("37.50"), "return", returning.public_id)
    assert (note.total, note.refund) == (Decimal("37.50"), refund)
    assert list(ReturnLine.objects.values_list("acceptance", "accepted", "refund")) == [
        ("accepted", 2, refund.pk),
        ("accepted", 1, refund.pk),
    ]
    settle_payments(order.pk)
    order.refresh_from_db()
    assert order.refunded_total == Decimal("37.50")
    types = [e.type for e in OrderEvent.objects.filter(order=order, type__startswith="return.").order_by("seq")]
    assert types == [
        "return.requested",
        "return.approved",
        "return.received",
        "return.inspected",
        "return.inspected",
        "return.closed",
    ]
    closed = Notification.objects.get(template="returns/mail/closed")
    assert (closed.context["amount"], closed.context["refund"]) == ("37.50", refund.public_id)


def test_parcels_may_come_one_by_one(order: Order) -> None:
    returning = requested(order, {"MUG": 3, "POT": 1})
    lines = line_ids(returning)

    receive_return(returning.pk, received={lines["MUG"]: 2}, by=PACKER)
    returning.refresh_from_db()
    assert (returning.status, counters(order)) == ("partially_received", [(1, 2), (1, 0)])
    with pytest.raises(WrongReturnStatus):
        inspect_return(returning.pk, findings=[found(lines["MUG"], 2)], by=PACKER)

    receive_return(returning.pk, received={lines["MUG"]: 1, lines["POT"]: 1}, by=PACKER)
    returning.refresh_from_db()
    assert (returning.status, counters(order)) == ("received", [(0, 3), (0, 1)])
    received_mails = Notification.objects.filter(template="returns/mail/received").order_by("pk")
    assert [mail.context["is_complete"] for mail in received_mails] == [False, True]


def test_missing_and_wrong_items_ask_a_person_and_can_be_asked_for_again(order: Order) -> None:
    returning = requested(order, {"MUG": 3, "POT": 1})
    lines = line_ids(returning)

    receive_return(returning.pk, received={lines["MUG"]: 1}, missing=[lines["MUG"]], wrong=[lines["POT"]], by=PACKER)

    assert counters(order) == [(0, 1), (0, 0)]
    assert [line.reception for line in returning.lines.order_by("pk")] == ["missing", "wrong_item"]
    asked = ProcessException.objects.get(category="return_differs")
    assert asked.facts == {"missing": ["MUG"], "wrong": ["POT"]}
    inspect_return(returning.pk, findings=[found(lines["MUG"], 1)], by=PACKER)
    returning.refresh_from_db()
    assert (returning.status, Refund.objects.get().amount) == ("closed", Decimal("12.50"))
    assert requested(order, {"MUG": 2, "POT": 1}).status == "approved"


def test_an_empty_box_closes_at_once_without_money(order: Order) -> None:
    returning = requested(order, {"MUG": 1})
    receive_return(returning.pk, received={}, missing=[*line_ids(returning).values()], by=PACKER)
    returning.refresh_from_db()
    order.refresh_from_db()
    assert (returning.status, order.return_status) == ("closed", "none")
    assert not Refund.objects.exists()
    assert Notification.objects.get(template="returns/mail/closed").context["refund"] == ""


def test_units_that_we_dont_accept_stay_the_customers(order: Order) -> None:
    returning = requested(order, {"MUG": 2, "POT": 1})
    lines = line_ids(received(returning))
    damaged = Finding(line=lines["POT"], accepted=0, condition=Condition.DAMAGED)

    inspect_return(returning.pk, findings=[found(lines["MUG"], 1, Disposition.DISPOSE), damaged], by=PACKER)

    assert (stock("MUG"), stock("POT")) == ((7, 0), (9, 0))
    assert Refund.objects.get().amount == Decimal("12.50")
    assert [(line.acceptance, line.accepted) for line in returning.lines.order_by("pk")] == [
        ("accepted", 1),
        ("rejected", 0),
    ]


def test_all_returned_in_two_steps_gives_back_every_cent_and_the_shipping_with_the_last(order: Order) -> None:
    for units in ({"MUG": 1}, {"MUG": 2, "POT": 1}):
        returning = received(requested(order, units))
        findings = [found(line.public_id, line.quantity) for line in returning.lines.all()]
        inspect_return(returning.pk, findings=findings, by=PACKER)
    order.refresh_from_db()
    assert [refund.amount for refund in Refund.objects.order_by("pk")] == [Decimal("12.50"), Decimal("42.40")]
    assert (order.return_status, order.credited_total) == ("returned", Decimal("54.90"))


@pytest.mark.parametrize("kind", ["unknown", "too_many", "nothing", "both", "twice", "zero"])
def test_a_receipt_that_cant_be_is_refused(order: Order, kind: str) -> None:
    returning = requested(order, {"MUG": 2})
    (mug,) = line_ids(returning).values()
    cases = {
        "unknown": ({"rl_unknown": 1}, [], []),
        "too_many": ({mug: 3}, [], []),
        "nothing": ({}, [], []),
        "both": ({}, [mug], [mug]),
        "zero": ({mug: 0}, [], []),
        "twice": ({mug: 1}, [], []),
    }
    got, missing, wrong = cases[kind]
    if kind == "twice":
        received(returning)
    before = (counters(order), OrderEvent.objects.count())
    with pytest.raises((InvalidReceipt, WrongReturnStatus)):
        receive_return(returning.pk, received=got, missing=missing, wrong=wrong, by=PACKER)
    assert (counters(order), OrderEvent.objects.count()) == before


def test_a_judgement_that_cant_be_is_refused(order: Order) -> None:
    returning = received(requested(order, {"MUG": 2}))
    (mug,) = line_ids(returning).values()
    new, restock = Condition.NEW, Disposition.RESTOCK
    wrong = [
        [],
        [found(mug, 3)],
        [found(mug, -1)],
        [found(mug, 1), found(mug, 1)],
        [found("rl_unknown", 1)],
        [Finding(line=mug, accepted=1, condition=Condition.UNKNOWN, disposition=restock)],
        [Finding(line=mug, accepted=1, condition=new)],
        [Finding(line=mug, accepted=0, condition=new, disposition=restock)],
    ]
    before = (stock("MUG"), OrderEvent.objects.count())
    for findings in wrong:
        with pytest.raises(InvalidReceipt):
            inspect_return(returning.pk, findings=findings, by=PACKER)
    assert (stock("MUG"), OrderEvent.objects.count()) == before
    inspect_return(returning.pk, findings=[found(mug, 2)], by=PACKER)
    with pytest.raises(WrongReturnStatus):
        inspect_return(returning.pk, findings=[found(mug, 2)], by=PACKER)
    assert Refund.objects.count() == 1


def test_money_that_we_never_got_doesnt_go_back(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(captured_total=0)
    returning = received(requested(order, {"MUG": 1}))
    (mug,) = line_ids(returning).values()
    inspect_return(returning.pk, findings=[found(mug, 1)], by=PACKER)
    order.refresh_from_db()
    assert (Refund.objects.count(), order.credited_total) == (0, Decimal("12.50"))
    assert Return.objects.get().status == "closed"


def test_what_is_not_accepted_is_the_customers_again_and_a_person_asks_what_becomes_of_it(order: Order) -> None:
    returning = received(requested(order, {"MUG": 2, "POT": 1}))
    lines = line_ids(returning)
    assert counters(order) == [(0, 2), (0, 1)]

    findings = [found(lines["MUG"], 1), found(lines["POT"], 0, Disposition.NONE)]
    inspect_return(returning.pk, findings=findings, by=PACKER)

    assert counters(order) == [(0, 1), (0, 0)]
    questions = ProcessException.objects.filter(category="return_rejected", status="open").order_by("pk")
    assert list(questions.values_list("subject_kind", "subject_id", "facts")) == [
        ("return_line", lines["MUG"], {"units": 1, "sku": "MUG"}),
        ("return_line", lines["POT"], {"units": 1, "sku": "POT"}),
    ]
    assert [check.name for check in checks() if check.find(1).wrong] == []

    # Sent back to them, it may be returned once more.
    requested(order, {"POT": 1})
    assert counters(order) == [(0, 1), (1, 0)]
    assert [check.name for check in checks() if check.find(1).wrong] == []
