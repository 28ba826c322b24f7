"""What the ground floor does when something happened; called by ``emit`` as ROUTES says."""

from orders.events import (
    ChangeDeclined,
    CreditNoteIssued,
    InvoiceIssued,
    OrderCancelled,
    OrderChanged,
    OrderConfirmed,
    OrderExpired,
    OrderHeld,
    OrderReleased,
    PaymentActionRequired,
    PromiseChanged,
    RefundGranted,
)
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.event import Event
from orders.kernel.work import current
from orders.notifications import KINDS, TEMPLATES, template_for
from orders.paper_selectors import mails_papers
from orders.selectors import change_answer, goes_on
from orders.services import deliver_digital as digital
from orders.services.credit_refund import credit_refund
from orders.services.notify import owe_message, withdraw_message
from orders.services.request_change import drop_change
from orders.states import MessageKind


def tell_customer(event: Event, _by: Actor) -> None:
    """Owe the order's customer the mail about it, if there is one."""
    if template := template_for(event, so_far=current().events):
        kind = KINDS.get(type(event), MessageKind.ORDER)
        owe_message(order_id=event.order_id, template=template, context=event.data(), kind=kind)


def tell_to_act(event: PaymentActionRequired, by: Actor) -> None:
    """A payment needs approval; whoever is being sent to the gateway's page right now needs no mail about it."""
    if by.kind != ActorKind.CUSTOMER:
        tell_customer(event, by)


def pay_into_credit(event: RefundGranted, by: Actor) -> None:
    """A refund that becomes store credit is the customer's at once: nobody outside is asked."""
    credit_refund(event.refund, by=by)


def deliver_digital(event: OrderConfirmed | OrderChanged | OrderReleased, by: Actor) -> None:
    """Confirmed, changed or let go on: what needs no warehouse is handed out at once."""
    if event.order_id is not None and (not isinstance(event, OrderConfirmed) or event.digital_ids):
        digital.deliver_digital(event.order_id, by=by)


def need_no_codes(event: OrderCancelled, by: Actor) -> None:
    """What was called off waits for no codes."""
    if event.order_id is not None:
        digital.need_no_codes(event.order_id, by=by)


def drop_wish(event: OrderCancelled | OrderExpired, by: Actor) -> None:
    """Whatever the customer wanted to be changed: it is over."""
    if event.order_id is not None:
        drop_change(event.order_id, by=by)


def tell_held(event: OrderHeld, by: Actor) -> None:
    """Why it waits; that it went on for a moment in between is nothing to write about."""
    withdraw_message(order_id=event.order_id, template=TEMPLATES[OrderReleased])
    tell_customer(event, by)


def tell_released(event: OrderReleased, by: Actor) -> None:
    """It goes on, unless something else still holds it; of a hold that came and went at once nobody hears."""
    withdraw_message(order_id=event.order_id, template=TEMPLATES[OrderHeld], about={"hold": event.hold})
    if event.order_id and goes_on(event.order_id):
        tell_customer(event, by)


def tell_changed(event: OrderChanged, by: Actor) -> None:
    """One mail says what is different, new dates and what is to be paid too."""
    if event.notify:
        withdraw_message(order_id=event.order_id, template=TEMPLATES[PromiseChanged])
        withdraw_message(order_id=event.order_id, template=TEMPLATES[OrderHeld])
    tell_customer(event, by)


def mail_paper(event: InvoiceIssued | CreditNoteIssued, by: Actor) -> None:
    """The paper goes to the customer by mail, where the channel wants that; on their page it is anyway."""
    is_worth_a_mail = isinstance(event, InvoiceIssued) or event.total > 0
    if event.order_id and is_worth_a_mail and mails_papers(event.order_id):
        tell_customer(event, by)


def tell_declined_change(event: ChangeDeclined, _by: Actor) -> None:
    """In the words of whoever declined it."""
    told = {**event.data(), "answer": change_answer(event.change)}
    owe_message(order_id=event.order_id, template=TEMPLATES[ChangeDeclined], context=told)
