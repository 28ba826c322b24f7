"""What staff can do to an order; each action calls one service."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action
from orders.admin.chips import money
from orders.admin.order_forms import (
    CancelForm,
    ExtendForm,
    HoldForm,
    MoneyForm,
    NoteForm,
    PolicyForm,
    RecordPaymentForm,
    RefundForm,
)
from orders.admin.payment_actions import SEND_LINK, TAKE
from orders.bundles import moving
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.models import Order, OrderHold
from orders.services.cancel import cancel_order
from orders.services.capture import pending
from orders.services.confirm import confirm_order
from orders.services.extend import extend_order
from orders.services.hold import hold_order, release_hold
from orders.services.record_payment import record_payment
from orders.services.refund import grant_refund
from orders.services.revoke_links import revoke_links
from orders.services.settle import settle_payments
from orders.services.update import update_order
from orders.states import INVISIBLE, CancelReason, HoldReason, OrderStatus, TransactionKind

OPEN = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def _confirm(order: Order, data: dict[str, Any], by: Actor) -> Any:
    confirm_order(order.pk, by=by)
    return _("Confirmed: the warehouse has it.")


def _record_payment(order: Order, data: dict[str, Any], by: Actor) -> Any:
    record_payment(order.pk, amount=data["amount"], note=data["note"], by=by)
    return _("The payment is recorded.")


def _hold(order: Order, data: dict[str, Any], by: Actor) -> Any:
    hold_order(
        order.pk,
        reason=HoldReason(data["reason"]),
        note=data["note"],
        release_at=data["release_at"],
        lines=data.get("lines", ()),
        by=by,
    )
    return _("On hold: nothing of it is picked until the hold is released.")


def _release(hold: OrderHold, data: dict[str, Any], by: Actor) -> Any:
    release_hold(hold.public_id, by=by)
    return _("The hold is released.")


def _cancel(order: Order, data: dict[str, Any], by: Actor) -> Any:
    at_the_gateway = _not_given_back(order)
    after = cancel_order(
        order.pk,
        reason=CancelReason(data["reason"]),
        lines=None if data["whole"] else data["units"],
        note=data["note"],
        restock=data["restock"],
        refund=data["refund"],
        notify=data["notify"],
        by=by,
    )
    given_back = at_the_gateway - _not_given_back(after)
    settle_payments(order.pk, by=by)
    less = money(order.total - after.total, order.currency)
    said = _("Cancelled: the order is worth %(amount)s less.") % {"amount": less}
    if given_back > 0:
        said += " " + _("%(amount)s goes back to the customer.") % {"amount": money(given_back, order.currency)}
    return said


def _not_given_back(order: Order) -> Decimal:
    """What is reserved or charged, and neither given back nor about to be."""
    about_to_be = sum(
        (pending(kind, order_id=order.pk) for kind in (TransactionKind.VOID, TransactionKind.REFUND)), ZERO
    )
    return order.authorized_total - order.refunded_total - about_to_be


def _refund(order: Order, data: dict[str, Any], by: Actor) -> Any:
    refund = grant_refund(
        order.pk, amount=data["amount"], reason=data["reason"], note=data["note"], to=data["to"], by=by
    )
    settle_payments(order.pk, by=by)
    refund.refresh_from_db()
    said = {"amount": money(refund.amount, refund.currency), "status": refund.get_status_display()}
    return _("Refund of %(amount)s: %(status)s.") % said


def _extend(order: Order, data: dict[str, Any], by: Actor) -> Any:
    extend_order(order.pk, expires_at=data["expires_at"], by=by)
    return _("It waits for its payment until then.")


def _note(order: Order, data: dict[str, Any], by: Actor) -> Any:
    update_order(order.pk, versions={data["version"]}, tags=data["tags"], note=data["note"], by=by)
    return _("Saved.")


def _policy(order: Order, data: dict[str, Any], by: Actor) -> Any:
    update_order(order.pk, versions={data["version"]}, shipping_policy=data["shipping_policy"], by=by)
    return _("Saved.")


def _revoke_links(order: Order, data: dict[str, Any], by: Actor) -> Any:
    revoke_links(order.pk, by=by)
    return _("No link given out so far opens the customer's page any more.")


def is_open(order: Order) -> bool:
    """Whether anything can still be done to it."""
    return order.status in OPEN


def is_late(order: Order) -> bool:
    """Whether it was placed and its time to pay is over; a draft that was given up was never ordered."""
    return order.status == OrderStatus.EXPIRED and order.placed_at is not None


def is_here(order: Order) -> bool:
    """Whether something of it has still to leave."""
    return is_open(order) and any(line.open for line in moving(order.lines.all()))


CONFIRM = Action(
    name="confirm",
    label=_("Confirm"),
    intro=_("The order goes to the warehouse, paid or not."),
    permission="orders.confirm_order",
    form=MoneyForm,
    call=_confirm,
    icon="check_circle",
    variant="primary",
    fits=lambda order: order.status == OrderStatus.PLACED,
    many=True,
)
RECORD_PAYMENT = Action(
    name="record_payment",
    label=_("Record payment"),
    intro=_("Money that arrived by bank or in cash. A placed order that owes nothing any more is confirmed."),
    permission="orders.record_payment",
    form=RecordPaymentForm,
    call=_record_payment,
    icon="payments",
    fits=lambda order: (is_open(order) and order.balance > 0) or is_late(order),
)
HOLD = Action(
    name="hold",
    label=_("Hold"),
    intro=_("Nothing of it is picked until somebody releases the hold."),
    permission="orders.hold_order",
    form=HoldForm,
    call=_hold,
    icon="pause_circle",
    fits=is_here,
    many=True,
)
RELEASE = Action(
    name="release",
    label=_("Release"),
    intro=_("As far as this hold is concerned, the order goes on."),
    permission="orders.hold_order",
    call=_release,
    icon="play_circle",
    variant="primary",
    fits=lambda hold: hold.released_at is None,
    many=True,
)
CANCEL = Action(
    name="cancel",
    label=_("Cancel…"),
    intro=_("Units that have left can't be cancelled. This can't be undone."),
    submit=_("Cancel it"),
    permission="orders.cancel_order",
    form=CancelForm,
    call=_cancel,
    icon="cancel",
    variant="danger",
    fits=is_here,
)
REFUND = Action(
    name="refund",
    label=_("Refund…"),
    intro=_("Gives money back without goods coming back; a credit note is issued where there is an invoice."),
    submit=_("Give it back"),
    permission="orders.grant_refund",
    form=RefundForm,
    call=_refund,
    icon="undo",
    fits=lambda order: order.captured_total > order.refunded_total,
)
EXTEND = Action(
    name="extend",
    label=_("More time to pay"),
    intro=_("Its goods stay reserved until then, and the customer is reminded once more."),
    permission="orders.extend_order",
    form=ExtendForm,
    call=_extend,
    icon="more_time",
    rare=True,
    fits=lambda order: order.status == OrderStatus.PLACED,
)
NOTE = Action(
    name="note",
    label=_("Note and tags"),
    submit=_("Save"),
    permission="orders.annotate_order",
    form=NoteForm,
    call=_note,
    icon="edit_note",
)
POLICY = Action(
    name="policy",
    label=_("Shipping policy"),
    intro=_("Whether its parcels wait until all of it is there."),
    submit=_("Save"),
    permission="orders.change_placed_order",
    form=PolicyForm,
    call=_policy,
    icon="local_shipping",
    fits=is_open,
    rare=True,
)
REVOKE_LINKS = Action(
    name="revoke_links",
    label=_("Revoke links…"),
    intro=_("For a link that went astray: none given out so far opens the page. New mails carry new links."),
    submit=_("Revoke them"),
    permission="orders.annotate_order",
    call=_revoke_links,
    icon="link_off",
    rare=True,
    fits=lambda order: order.status not in INVISIBLE,
)
ORDER_ACTIONS = (CONFIRM, RECORD_PAYMENT, SEND_LINK, TAKE, HOLD, REFUND, NOTE, POLICY, EXTEND, REVOKE_LINKS, CANCEL)
