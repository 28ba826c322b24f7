"""The outbox: claimed once, sent once, tried again, and in the end a person is asked."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from threading import Event as Flag
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.kernel.work import NoOpenWork, work
from orders.mailer import mail_id, send_due_messages
from orders.models import Notification, Order, OrderEvent, ProcessException
from orders.services.exception import resolve_exception
from orders.services.notify import owe_message
from orders.services.outbox import claim_messages, mark_failed, mark_sent, resend_message
from orders.services.update import update_order
from tests.factories.orders import OrderFactory
from tests.races.runners import at_once


@pytest.fixture
def order() -> Order:
    return OrderFactory(email="ada@example.com", language="de")


def owe(order: Order) -> Notification:
    with work(by=SYSTEM):
        owe_message(order_id=order.pk, template="orders/mail/confirmed")
    return Notification.objects.latest("pk")


@pytest.mark.django_db
def test_a_message_is_sent_once_and_kept_as_it_was_sent(order: Order) -> None:
    message = owe(order)

    assert send_due_messages() == 1
    assert send_due_messages() == 0

    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert (sent.to, sent.extra_headers["Message-ID"]) == (["ada@example.com"], mail_id(message))
    message.refresh_from_db()
    assert (message.status, message.attempts, message.sent_to) == ("sent", 1, "ada@example.com")
    assert (message.subject, message.text) == (sent.subject, sent.body)
    assert order.number in message.subject


@pytest.mark.django_db
def test_the_same_message_of_one_change_is_owed_once(order: Order) -> None:
    with work(by=SYSTEM):
        owe_message(order_id=order.pk, template="orders/mail/confirmed")
        owe_message(order_id=order.pk, template="orders/mail/confirmed")

    assert Notification.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_owed_by_a_change_that_did_not_happen(order: Order) -> None:
    with pytest.raises(RuntimeError), work(by=SYSTEM):
        owe_message(order_id=order.pk, template="orders/mail/confirmed")
        raise RuntimeError

    assert Notification.objects.count() == 0
    with pytest.raises(NoOpenWork):
        owe_message(order_id=order.pk, template="orders/mail/confirmed")


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_stops_nobody_else(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = owe(order), owe(OrderFactory(email="bob@example.com"))

    def refuse_ada(self: Any, *_args: Any, **_kwargs: Any) -> int:
        if self.to == ["ada@example.com"]:
            raise ConnectionResetError
        return 1

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse_ada)
    assert send_due_messages() == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.attempts, second.status) == ("pending", 1, "sent")
    assert first.due_at > timezone.now()
    assert first.error == "ConnectionResetError: "


@pytest.mark.django_db
def test_a_refused_address_is_a_case_for_a_person_who_sends_it_again(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = owe(order)

    def refuse(*_args: Any, **_kwargs: Any) -> int:
        raise SMTPRecipientsRefused({"ada@example.com": (550, b"no such user")})

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", refuse)
        send_due_messages()
    message.refresh_from_db()
    assert (message.status, message.error) == ("dead", "The mail server refused the address: 550")
    assert ProcessException.objects.get().category == "dead_notification"
    assert order.events.filter(type="notification.died").count() == 1

    resend_message(message.pk, by=SYSTEM)
    assert send_due_messages() == 1
    assert ProcessException.objects.get().status == "resolved"


@pytest.mark.django_db
def test_an_address_that_is_refused_for_now_is_tried_again(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    message = owe(order)

    def greylist(*_args: Any, **_kwargs: Any) -> int:
        raise SMTPRecipientsRefused({"ada@example.com": (450, b"try again later")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", greylist)
    assert send_due_messages() == 0

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("pending", 1)
    assert message.error == "The mail server refused the address: 450"
    assert message.due_at > timezone.now()
    assert not ProcessException.objects.exists()


@pytest.mark.django_db
def test_a_worker_that_must_stop_stops(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = owe(order), owe(order)

    def hang(*_args: Any, **_kwargs: Any) -> int:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr("django.core.mail.EmailMessage.send", hang)
    with pytest.raises(SoftTimeLimitExceeded):
        send_due_messages()

    rows = Notification.objects.filter(pk__in=[first.pk, second.pk]).values_list("status", "attempts", "error")
    assert list(rows) == [("leased", 1, "")] * 2


@pytest.mark.parametrize(("lease", "most"), [(60, 3), (8, 1)])
@pytest.mark.django_db
def test_what_there_is_no_time_for_is_given_back(
    order: Order, monkeypatch: pytest.MonkeyPatch, settings: Any, lease: int, most: int
) -> None:
    """Each mail takes ten seconds: no claim is held for longer than is safe, and no drain goes on for ever."""
    settings.OUTBOX_LEASE_SECONDS = lease
    clock = [1000.0]
    starts: list[float] = []
    batches: list[int] = []

    def slowly(*_args: Any, **_kwargs: Any) -> int:
        starts.append(clock[0] - 1000)
        clock[0] += 10
        return 1

    def counted() -> list[Notification]:
        batches.append(len(starts))
        return claim_messages()

    monkeypatch.setattr("orders.mailer.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("orders.mailer.claim_messages", counted)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", slowly)
    for _ in range(5):
        owe(order)
    assert send_due_messages() == 3

    assert starts == [0, 10, 20]
    assert batches == list(range(0, 3, most))
    kept = Notification.objects.order_by("pk").values_list("status", "attempts", "lease_token", "leased_until")
    assert list(kept[3:]) == [("pending", 0, None, None)] * 2
    assert {row[:2] for row in kept[:3]} == {("sent", 1)}


@pytest.mark.django_db
def test_after_eight_attempts_it_is_dead(order: Order) -> None:
    message = owe(order)
    for attempt in range(1, 9):
        Notification.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        (claimed,) = claim_messages()
        assert claimed.attempts == attempt
        assert claimed.lease_token is not None
        mark_failed(claimed.pk, lease=claimed.lease_token, error="later")

    message.refresh_from_db()
    assert message.status == "dead"
    assert claim_messages() == []


@pytest.mark.django_db
def test_who_lost_the_lease_marks_nothing(order: Order) -> None:
    message = owe(order)
    claim_messages()

    kept = mark_sent(message.pk, lease=uuid4(), sent_to="x", subject="x", text="x", html="x", mail_id="x")

    message.refresh_from_db()
    assert (kept, message.status, message.sent_to) == (False, "leased", "")


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_claimed_again(order: Order) -> None:
    owe(order)
    (first,) = claim_messages()
    assert claim_messages() == []
    Notification.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    (second,) = claim_messages()

    assert second.pk == first.pk
    assert second.lease_token != first.lease_token


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_message() -> None:
    for _ in range(30):
        owe(OrderFactory())

    def claim() -> list[int]:
        taken = []
        while rows := claim_messages(3):
            taken += [row.pk for row in rows]
        return taken

    claimed = [pk for taken in at_once([claim] * 4) for pk in taken]  # type: ignore[union-attr]

    assert sorted(claimed) == sorted(Notification.objects.values_list("pk", flat=True))


def beside_a_slow_change(order: Order, act: Callable[[], object]) -> None:
    """Run ``act`` while somebody else changes the order and hasn't committed yet; neither may fail."""
    is_written = Flag()

    def change_slowly() -> None:
        with work(by=SYSTEM) as unit:
            update_order(order.pk, note="Ring twice.", by=SYSTEM)
            unit.do_last(is_written.set)
            unit.do_last(lambda: sleep(0.5))

    def act_meanwhile() -> None:
        assert is_written.wait(10)
        act()

    assert at_once([change_slowly, act_meanwhile]) == [None, None]


def timeline(order: Order) -> list[tuple[int, str]]:
    return list(OrderEvent.objects.filter(order=order).order_by("seq").values_list("seq", "type"))


@pytest.mark.django_db(transaction=True)
def test_burying_resending_and_resolving_wait_for_who_changes_the_order(order: Order) -> None:
    message = owe(order)
    lease = claim_messages()[0].lease_token
    assert lease is not None

    beside_a_slow_change(order, lambda: mark_failed(message.pk, lease=lease, error="550", is_hopeless=True))
    beside_a_slow_change(order, lambda: resend_message(message.pk, by=SYSTEM))

    lease = claim_messages()[0].lease_token
    assert lease is not None
    mark_failed(message.pk, lease=lease, error="550", is_hopeless=True)
    case = ProcessException.objects.get(status="open")
    update_order(order.pk, note="", by=SYSTEM)
    beside_a_slow_change(order, lambda: resolve_exception(case.pk, resolution="Called.", by=SYSTEM))

    assert timeline(order) == [
        (1, "order.updated"),
        (2, "notification.died"),
        (3, "exception.opened"),
        (4, "exception.resolved"),
        (5, "notification.died"),
        (6, "exception.opened"),
        (7, "order.updated"),
        (8, "order.updated"),
        (9, "exception.resolved"),
    ]
