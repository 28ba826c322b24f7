"""An order's history in the customer's words: every public event has a sentence, and tells amounts and dates well."""

from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from string import Formatter

import pytest
from django.utils.module_loading import import_string
from django.utils.translation import override

from config.switchboard import ROUTES
from orders.events import InvoiceIssued, OrderCancelled, PaymentFailed, PromiseChanged
from orders.models import OrderEvent
from orders.timeline_words import Entry, told

EVENTS = [import_string(path) for path in ROUTES]
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def row(event):
    return OrderEvent(type=event.type, public=event.public, data=event.data(), occurred_at=AT)


def words(event, language="en"):
    with override(language):
        return [entry.words for entry in told([row(event)], language=language)]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__qualname__)
def test_sentences_only_name_facts_that_the_event_tells(event):
    named = {name for _text, name, _spec, _conversion in Formatter().parse(str(event.words)) if name}
    assert named <= {field.name for field in fields(event)}
    assert event.public or not str(event.words), "nobody sees the words of an internal event"


def test_money_dates_and_numbers():
    issued = InvoiceIssued(order_id=1, number="N", invoice="INV-2026-000001", total=Decimal("29.90"), currency="EUR")
    assert words(issued) == ["Invoice INV-2026-000001 is ready."]
    moved = {"order_id": 1, "number": "N", "line": "ol_1", "reason": ""}
    known = PromiseChanged(**moved, promised_on=date(2026, 11, 25))
    assert words(known) == ["New delivery date for part of your order: Wednesday, November 25."]
    assert words(known, "de") == ["Neuer Liefertermin für einen Teil Ihrer Bestellung: Mittwoch, 25. November."]
    unknown = PromiseChanged(**moved, promised_on=None)
    assert words(unknown) == ["New delivery date for part of your order: not known yet."]


@pytest.mark.parametrize(("whole", "sentence"), [(True, "Your order"), (False, "Part of your order")])
def test_a_cancellation_says_how_much(whole, sentence):
    event = OrderCancelled(
        order_id=1, number="N", reason="staff", whole=whole, notify=True, amount=Decimal(1), currency="EUR", lines=()
    )
    assert words(event) == [f"{sentence} was cancelled."]


def test_internal_and_unknown_events_stay_inside():
    failed = PaymentFailed(
        order_id=1, number="N", payment="pay_1", kind="charge", amount=Decimal(1), currency="EUR", error_code="x"
    )
    gone = OrderEvent(type="from.an.older.version", public=True, data={}, occurred_at=AT)
    assert told([row(failed), gone], language="en") == []


def test_entries_keep_their_day():
    issued = InvoiceIssued(order_id=1, number="N", invoice="I", total=Decimal(1), currency="EUR")
    assert told([row(issued)], language="en") == [Entry(on=date(2026, 11, 22), words="Invoice I is ready.")]
