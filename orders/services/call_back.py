"""Call back: when the time that a customer was promised has come, a person is asked to call. Called by the beat."""

from django.utils import timezone

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_orders
from orders.models import ContactLog, Draft
from orders.services.answer_draft import CALL_BACK as DRAFT_CALL_BACK
from orders.services.exception import open_exception
from orders.services.log_contact import CALL_BACK as CONTACT_CALL_BACK
from orders.states import OrderStatus

_BATCH = 200


def ask_for_due_calls(*, by: Actor) -> int:
    """Open an exception for each call that is due, once. Returns how many."""
    now = timezone.now()
    contacts = ContactLog.objects.filter(call_back_at__lte=now, call_back_asked_at=None, called_back_at=None)
    drafts = Draft.objects.filter(call_back_at__lte=now, call_back_asked_at=None, order__status=OrderStatus.DRAFT)
    asked = sum(_ask_about_contact(pk, order, by=by) for pk, order in contacts.values_list("pk", "order")[:_BATCH])
    return asked + sum(_ask_about_draft(pk, order, by=by) for pk, order in drafts.values_list("pk", "order")[:_BATCH])


def _ask_about_contact(pk: int, order_id: int | None, *, by: Actor) -> int:
    with work(by=by):
        locked_orders([order_id] if order_id else [])
        due = ContactLog.objects.select_for_update(of=("self",), no_key=True)
        contact = due.filter(pk=pk, call_back_asked_at=None, called_back_at=None).first()
        if contact is None:
            return 0
        contact.call_back_asked_at = timezone.now()
        contact.save(update_fields=["call_back_asked_at"])
        open_exception(
            order_id=order_id,
            category=CONTACT_CALL_BACK,
            subject_kind="contact_log",
            subject_id=contact.public_id,
            facts={"reason": contact.reason},
            by=by,
        )
        return 1


def _ask_about_draft(pk: int, order_id: int, *, by: Actor) -> int:
    with work(by=by):
        (order,) = locked_orders([order_id])
        draft = Draft.objects.get(pk=pk)
        if order.status != OrderStatus.DRAFT or draft.call_back_asked_at or draft.call_back_at is None:
            return 0
        draft.call_back_asked_at = timezone.now()
        draft.save(update_fields=["call_back_asked_at"])
        open_exception(
            order_id=order_id,
            category=DRAFT_CALL_BACK,
            subject_kind="draft",
            subject_id=draft.public_id,
            facts={"draft": order.number},
            by=by,
        )
        return 1
