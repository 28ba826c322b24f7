"""The queue of questions to people: asked once, in the reader's words, put aside, escalated, closed by themselves."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import override

from orders.categories import CATEGORIES
from orders.errors import InvalidRequest, NotSnoozable
from orders.exception_words import category_words, next_step, summary
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Notification, Order, OrderEvent, OrderHold, ProcessException
from orders.services.assign import assign_exception
from orders.services.escalate import escalate_unowned
from orders.services.exception import (
    open_exception,
    resolve_exception,
    resolve_exceptions,
    snooze_exception,
)
from orders.services.hold import hold_order, release_hold
from orders.services.render import render_message
from orders.services.watch_holds import watch_old_holds
from orders.states import HoldReason
from tests.browser import orders

pytestmark = pytest.mark.django_db
SAM = Actor(kind=ActorKind.STAFF, name="sam")


def ask(category: str = "no_carrier_service", subject: str = "sh_1", **facts: object) -> ProcessException:
    row = open_exception(
        order_id=None, category=category, subject_kind="shipment", subject_id=subject, facts=facts, by=SYSTEM
    )
    assert row is not None
    return row


def test_a_question_is_open_once_and_closes_itself() -> None:
    row = ask()
    assert (row.severity, row.status) == ("high", "open")
    again = open_exception(
        order_id=None, category="no_carrier_service", subject_kind="shipment", subject_id="sh_1", by=SYSTEM
    )
    assert again is None
    closed = resolve_exceptions(
        category="no_carrier_service", subject_kind="shipment", subject_id="sh_1", resolution="Found.", by=SYSTEM
    )
    row.refresh_from_db()
    assert (closed, row.status, row.resolution) == (1, "resolved", "Found.")


def test_a_category_that_nobody_knows_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        ask("something_new")
    assert not ProcessException.objects.exists()


def test_it_is_read_in_the_readers_language_with_its_facts() -> None:
    row = ask("capture_failed", amount="1234.50", currency="EUR")
    assert summary(row) == "The gateway refused a charge of €1,234.50."
    with override("de"):
        assert "1.234,50" in summary(row)
        assert category_words("capture_failed") == "Der Zahlungsdienst hat eine Abbuchung abgelehnt"


def test_codes_among_the_facts_are_words() -> None:
    row = ask("return_waits", status="requested", days=3)
    assert (summary(row), next_step(row)) == (
        "A return is Requested for more than 3 days.",
        "Approve or decline it.",
    )
    assert (
        summary(ask("low_rating", rating=1, tags=["came_by_bike", "late"])) == "Rated 1 of 5. came by bike, Came late"
    )
    assert summary(ask("delivery_trouble", status="failure")).endswith(" for –.")


def test_older_rows_say_what_they_said_then() -> None:
    row = ProcessException.objects.create(
        category="capture_failed", subject_kind="payment", subject_id="pay_1", summary="It failed.", next_action="Try."
    )
    assert (summary(row), next_step(row)) == ("It failed.", str(CATEGORIES["capture_failed"].next_step))
    strange = ProcessException(category="from_tomorrow", summary="Odd.", next_action="Look.")
    assert (category_words("from_tomorrow"), summary(strange), next_step(strange)) == ("From tomorrow", "Odd.", "Look.")


# --- put aside


def test_put_aside_until_a_time() -> None:
    row, until = ask(), timezone.now() + timedelta(hours=2)
    snooze_exception(row.pk, until=until, note="They call back.", by=SAM)
    row.refresh_from_db()
    assert (row.snoozed_until, row.snooze_note, row.status) == (until, "They call back.", "open")
    event = OrderEvent.objects.get(type="exception.snoozed")
    assert event.actor_name == "sam"
    assert "They call back." not in str(event.data)


def test_what_cant_be_put_aside() -> None:
    row = ask()
    with pytest.raises(InvalidRequest) as refused:
        snooze_exception(row.pk, until=timezone.now(), note="", by=SAM)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("#/until", "passed")]
    resolve_exception(row.pk, resolution="Done.", by=SAM)
    with pytest.raises(NotSnoozable):
        snooze_exception(row.pk, until=timezone.now() + timedelta(hours=1), note="", by=SAM)
    row.refresh_from_db()
    assert (row.snoozed_until, OrderEvent.objects.filter(type="exception.snoozed").count()) == (None, 0)


# --- holds that last


def aged(hold: OrderHold, hours: float) -> None:
    OrderHold.objects.filter(pk=hold.pk).update(created_at=timezone.now() - timedelta(hours=hours))


def test_a_hold_that_is_too_old_is_asked_about_until_it_ends(settings) -> None:  # type: ignore[no-untyped-def]
    settings.HOLD_PATIENCE_HOURS = {"fraud_review": 24}
    order = orders.confirmed()
    hold = hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, by=SAM)
    patient = hold_order(order.pk, reason=HoldReason.OTHER, by=SAM)
    aged(patient, 9999)
    aged(hold, 23.9)
    assert watch_old_holds() == 0
    aged(hold, 24.1)
    assert watch_old_holds() == 1
    assert watch_old_holds() == 0
    row = ProcessException.objects.get()
    assert (row.category, row.subject_id, row.facts) == (
        "hold_too_old",
        hold.public_id,
        {"reason": "fraud_review", "hours": 24},
    )
    release_hold(hold.public_id, by=SAM)
    row.refresh_from_db()
    assert (row.status, row.resolution) == ("resolved", "It was released.")


def test_one_that_ends_at_a_time_is_nobodys_question() -> None:
    order = orders.confirmed()
    hold = hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, release_at=timezone.now() + timedelta(days=9), by=SAM)
    aged(hold, 200)
    assert watch_old_holds() == 0


def test_a_cancelled_order_needs_no_answer_and_an_answer_isnt_asked_for_twice() -> None:
    order, other = orders.confirmed(), orders.confirmed()
    for each in (order, other):
        aged(hold_order(each.pk, reason=HoldReason.FRAUD_REVIEW, by=SAM), 100)
    assert watch_old_holds() == 2
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    resolve_exception(ProcessException.objects.get(order=other).pk, resolution="It must wait.", by=SAM)
    assert watch_old_holds() == 0
    assert set(ProcessException.objects.values_list("status", "resolution")) == {
        ("resolved", "It is over."),
        ("resolved", "It must wait."),
    }


# --- escalation


@pytest.fixture
def team(settings) -> None:  # type: ignore[no-untyped-def]
    settings.TEAM_EMAIL = "team@example.com"
    settings.ESCALATE_AFTER_MINUTES = 60


def waited(row: ProcessException, minutes: int) -> None:
    ProcessException.objects.filter(pk=row.pk).update(opened_at=timezone.now() - timedelta(minutes=minutes))


@pytest.mark.usefixtures("team")
def test_urgent_and_nobodys_for_too_long_is_one_mail_to_the_team() -> None:
    rows = [ask(subject=f"sh_{i}") for i in range(2)]
    waited(rows[0], 61)
    assert escalate_unowned() == 1
    waited(rows[1], 61)
    assert escalate_unowned() == 1
    assert escalate_unowned() == 0
    first, second = Notification.objects.order_by("pk")
    assert [message.context["exceptions"] for message in (first, second)] == [[rows[0].pk], [rows[1].pk]]

    mail = render_message(first)

    assert (mail.to, mail.subject) == ("team@example.com", "1 urgent exception waits for somebody")
    for text in (mail.text, mail.html):
        assert "No carrier service fits" in text
        assert f"/admin/orders/processexception/{rows[0].pk}/go/" in text


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("why", ["young", "owned", "medium", "put aside", "resolved"])
def test_what_isnt_escalated(why: str) -> None:
    row = ask("parcels_without_shipment" if why == "medium" else "no_carrier_service")
    waited(row, 59 if why == "young" else 61)
    if why == "owned":
        assign_exception(row.pk, owner_id=User.objects.create(username="sam").pk, by=SAM)
    elif why == "put aside":
        snooze_exception(row.pk, until=timezone.now() + timedelta(hours=1), note="", by=SAM)
    elif why == "resolved":
        resolve_exception(row.pk, resolution="Done.", by=SAM)
    assert escalate_unowned() == 0
    assert not Notification.objects.exists()


def test_without_an_address_nobody_is_told() -> None:
    waited(ask(), 600)
    assert escalate_unowned() == 0
    assert ProcessException.objects.get().escalated_at is None
