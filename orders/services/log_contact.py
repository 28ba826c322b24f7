"""Log a contact with a customer: a call, a mail, a chat. It answers the call-backs that were promised before it."""

from datetime import datetime, timedelta

from django.utils import timezone

from orders.errors import InvalidRequest, NotFound
from orders.events import ContactLogged
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_customer, locked_orders
from orders.models import ContactLog, Draft, Order, ProcessException
from orders.selectors import open_drafts
from orders.services.answer_draft import EXPIRED, answer_call, answer_expired_draft
from orders.services.change import until_still
from orders.services.exception import resolve_exceptions
from orders.states import ContactChannel, ContactDirection, ContactReason, ExceptionStatus

CALL_BACK = "contact_callback"
_LONGEST = timedelta(days=365)


def log_contact(
    *,
    customer_id: int,
    order_id: int | None = None,
    direction: ContactDirection,
    channel: ContactChannel,
    reason: ContactReason,
    note: str = "",
    call_back_at: datetime | None = None,
    by: Actor,
) -> ContactLog:
    """Keep that we talked, about an order or not; what was to be called back about before this is answered.

    1 lock customer and the orders concerned 2 keep it 3 answer older call-backs 4 tell.
    Raises ``NotFound`` and ``InvalidRequest``.
    """
    now = timezone.now()
    if call_back_at is not None and not now < call_back_at <= now + _LONGEST:
        raise InvalidRequest("call_back_at: give a time that is still to come, within a year.")

    def once() -> ContactLog:
        with work(by=by):
            buyer = _customer(customer_id)
            waiting = ContactLog.objects.filter(customer=buyer, call_back_at__isnull=False, called_back_at=None)
            drafts = open_drafts().filter(order__customer=buyer, call_back_at__isnull=False)
            expired = ProcessException.objects.filter(
                category=EXPIRED, order__customer=buyer, status=ExceptionStatus.OPEN
            )
            asked = [rows.values_list("order", flat=True) for rows in (waiting, drafts, expired)]
            orders = _lock(order_id, buyer, [pk for pks in asked for pk in pks])
            contact = ContactLog.objects.create(
                customer_id=buyer,
                order_id=order_id,
                direction=direction,
                channel=channel,
                reason=reason,
                note=note,
                call_back_at=call_back_at,
                made_by=str(by),
            )
            _answer(list(waiting.exclude(pk=contact.pk).order_by("pk")), list(drafts.order_by("pk")), by=by)
            for order in orders:
                answer_expired_draft(order, by=by)
            emit(
                ContactLogged(
                    order_id=order_id,
                    contact=contact.public_id,
                    direction=direction,
                    channel=channel,
                    reason=reason,
                    call_back_at=call_back_at,
                )
            )
            return contact

    return until_still(once)


def _customer(customer_id: int) -> int:
    """Whom it is about, locked before any order: of a merged one, who they are now. Raises ``InvalidRequest``."""
    customer = locked_customer(customer_id)
    if customer.merged_into_id is not None:
        customer = locked_customer(customer.merged_into_id)
    if customer.anonymised_at is not None:
        raise InvalidRequest("customer: this one was erased; nothing is kept about them.")
    return customer.pk


def _lock(order_id: int | None, customer_id: int, others: list[int | None]) -> list[Order]:
    orders = locked_orders(pk for pk in (order_id, *others) if pk is not None)
    mine = next((order for order in orders if order.pk == order_id), None)
    if order_id is not None and (mine is None or mine.customer_id != customer_id):
        raise NotFound("order: this customer has no such order.")
    return orders


def _answer(waiting: list[ContactLog], drafts: list[Draft], *, by: Actor) -> None:
    for contact in waiting:
        contact.called_back_at = timezone.now()
        contact.save(update_fields=["called_back_at"])
        resolve_exceptions(
            category=CALL_BACK, subject_kind="contact_log", subject_id=contact.public_id, resolution="called", by=by
        )
    for draft in drafts:
        draft.call_back_at = draft.call_back_asked_at = None
        draft.save(update_fields=["call_back_at", "call_back_asked_at"])
        answer_call(draft, resolution="called", by=by)
