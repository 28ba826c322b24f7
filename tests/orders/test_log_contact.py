"""Contacts: kept with their reason, on the timeline without their words, and the answer to promised calls."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.errors import InvalidRequest, NotFound
from orders.exception_words import summary
from orders.kernel.actor import SYSTEM
from orders.models import ContactLog, Draft, OrderEvent, ProcessException
from orders.services.call_back import ask_for_due_calls
from orders.services.end_drafts import expire_due_drafts
from orders.services.log_contact import log_contact
from orders.services.merge import merge_customers
from orders.services.reorder import reorder
from orders.states import ContactChannel, ContactDirection, ContactReason
from tests.factories.orders import CustomerFactory, OrderFactory
from tests.orders.test_draft import AGENT, SOON, drafted, shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db


def log(customer_id: int, **more: Any) -> ContactLog:
    said: dict[str, Any] = {
        "direction": ContactDirection.INBOUND,
        "channel": ContactChannel.PHONE,
        "reason": ContactReason.WHERE_IS_IT,
        "by": AGENT,
    }
    return log_contact(customer_id=customer_id, **(said | more))


def test_a_call_about_an_order_is_on_its_timeline_without_what_was_said() -> None:
    order = OrderFactory()
    contact = log(order.customer_id, order_id=order.pk, note="Ada is angry")
    row = ContactLog.objects.get()
    assert (row.order_id, row.note, row.made_by, row.reason) == (order.pk, "Ada is angry", "maria", "where_is_it")
    event = OrderEvent.objects.get()
    assert (event.type, event.public, event.order_id) == ("contact.logged", False, order.pk)
    assert event.data == {
        "contact": contact.public_id,
        "direction": "in",
        "channel": "phone",
        "reason": "where_is_it",
        "call_back_at": None,
    }


def test_a_call_needs_no_order_but_never_somebody_elses() -> None:
    order, customer = OrderFactory(), CustomerFactory()
    assert log(customer.pk).order_id is None
    for act in (
        lambda: log(customer.pk, order_id=order.pk),
        lambda: log(customer.pk + 999),
        lambda: log(customer.pk, order_id=order.pk + 999),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(InvalidRequest, match="still to come"):
        log(customer.pk, call_back_at=timezone.now() - timedelta(minutes=1))
    assert (ContactLog.objects.count(), OrderEvent.objects.count()) == (1, 1)


def test_a_promised_call_is_asked_for_once_and_answered_by_the_next_contact() -> None:
    order = OrderFactory()
    log(order.customer_id, order_id=order.pk, call_back_at=timezone.now() + SOON)
    assert ask_for_due_calls(by=SYSTEM) == 0
    ContactLog.objects.update(call_back_at=timezone.now())
    assert (ask_for_due_calls(by=SYSTEM), ask_for_due_calls(by=SYSTEM)) == (1, 0)
    asked = ProcessException.objects.get()
    assert (asked.category, asked.order_id, asked.status) == ("contact_callback", order.pk, "open")
    log(order.customer_id, direction=ContactDirection.OUTBOUND)
    asked.refresh_from_db()
    first = ContactLog.objects.order_by("pk").first()
    assert first is not None
    assert (asked.status, first.called_back_at is not None) == ("resolved", True)
    assert ask_for_due_calls(by=SYSTEM) == 0


def test_a_call_answers_what_a_draft_waits_for(shop: None) -> None:
    draft = drafted(call_back_at=timezone.now() + SOON)
    Draft.objects.update(call_back_at=timezone.now())
    ask_for_due_calls(by=SYSTEM)
    log(draft.order.customer_id)
    assert (ProcessException.objects.get().status, Draft.objects.get().call_back_at) == ("resolved", None)


def expired() -> Draft:
    """A draft whose customer was promised a call, and whose time is over."""
    draft = drafted(call_back_at=timezone.now() + SOON)
    Draft.objects.update(expires_at=timezone.now())
    assert expire_due_drafts(by=SYSTEM) == 1
    return draft


def questions() -> list[tuple[str, str]]:
    return list(ProcessException.objects.order_by("pk").values_list("category", "status"))


def test_who_waits_for_a_call_about_a_draft_that_expired_is_called(shop: None) -> None:
    draft = expired()
    assert questions() == [("draft_expired", "open")]
    assert summary(ProcessException.objects.get()) == "The draft of €39.89 expired."
    log(draft.order.customer_id)
    assert questions() == [("draft_expired", "resolved")]


def test_or_it_is_begun_again(shop: None) -> None:
    draft = expired()
    again = reorder(draft.order_id, by=AGENT).draft
    assert (again.reorder_of_id, again.order.total) == (draft.order_id, draft.order.total)
    assert questions() == [("draft_expired", "resolved")]


def test_a_draft_that_nobody_waits_for_expires_silently(shop: None) -> None:
    drafted()
    Draft.objects.update(expires_at=timezone.now())
    expire_due_drafts(by=SYSTEM)
    assert questions() == []


def test_contacts_go_with_their_customer(shop: None) -> None:
    survivor, gone = CustomerFactory(), CustomerFactory()
    log(gone.pk, note="before")
    merge_customers(survivor.pk, absorbed=gone.pk, by=AGENT)
    log(gone.pk, note="after")
    assert list(survivor.contacts.values_list("note", flat=True)) == ["after", "before"]
    assert not gone.contacts.exists()


def test_nothing_is_kept_about_whom_we_forgot() -> None:
    customer = CustomerFactory(anonymised_at=timezone.now())
    with pytest.raises(InvalidRequest):
        log(customer.pk)
    assert not ContactLog.objects.exists()
