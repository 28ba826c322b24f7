"""Everything that the page of a payment link says, as one frozen read model."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.gateways.stored import STORED
from orders.kernel.money import ZERO, text
from orders.models import Order, Payment, PaymentLink
from orders.models.payment import asked_later
from orders.order_page import PageLine, Sum, order_page
from orders.selectors import due_by_link, spendable_credit
from orders.services.announce_transfer import MANUAL
from orders.states import OrderStatus, PaymentLinkStatus, PaymentStatus

WAYS: dict[str, Promise] = {
    "manual": _("Bank transfer"),
    "sandbox": _("Card (sandbox: no real money moves)"),
    "stripe": _("Card or wallet"),
}
CLOSED: dict[str, Promise] = {
    "paid": _("Thank you. Everything is paid."),
    "cancelled": _("This order was cancelled. There is nothing to pay."),
    "expired": _("This link has expired. Write to us, and we will send you a new one."),
    "replaced": _("This link is no longer used. If we sent you a newer one, please use that."),
    "in_flight": _("Your payment is being made right now. Look again in a moment."),
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to pay; ``code`` is the gateway's."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PayPage:
    """What is to be paid, by which ways; ``closed`` says why nothing can be paid now."""

    link: PaymentLink | None
    due: Decimal
    due_text: str
    closed: str
    is_paid: bool
    ways: tuple[Way, ...]
    takes_cards: bool
    credit: Decimal
    transfer: Payment | None
    bank_account: tuple[str, ...]
    was_declined: bool
    lines: tuple[PageLine, ...]
    sums: tuple[Sum, ...]


def pay_page(order: Order, link: PaymentLink | None) -> PayPage:
    """Read the page of ``order`` in its language, activated by the caller; ``link`` may be open or not."""
    payments = list(order.payments.order_by("id"))
    due = due_by_link(order, link) if link and link.status == PaymentLinkStatus.OPEN else ZERO
    reason = _closed(order, link, due, payments)
    channel, shown = order.channel, order_page(order)
    transfer = next((row for row in payments if (row.gateway, row.status) == (MANUAL, PaymentStatus.PENDING)), None)
    mine = [row for row in payments if link and row.link_id == link.pk]
    stored = [code for code in STORED if code in settings.PAYMENT_GATEWAYS]
    return PayPage(
        link=link,
        due=due,
        due_text=text(due, order.currency),
        closed=str(CLOSED[reason]) if reason else "",
        is_paid=reason == "paid",
        ways=tuple(ways_of(order)),
        takes_cards="gift_card" in stored,
        credit=min(spendable_credit(order.customer_id, order.currency), due) if "store_credit" in stored else ZERO,
        transfer=transfer if transfer and transfer.amount == due else None,
        bank_account=channel.bank_account,
        was_declined=bool(mine) and mine[-1].status == PaymentStatus.FAILED,
        lines=shown.lines,
        sums=shown.sums,
    )


def ways_of(order: Order) -> list[Way]:
    """The gateways that the order's channel offers on this page; money by hand comes last."""
    channel = order.channel
    codes = [code for code in settings.PAYMENT_GATEWAYS if code not in STORED]
    if channel.link_gateways:
        codes = [code for code in codes if code in channel.link_gateways]
    if not channel.bank_account:
        codes = [code for code in codes if code != MANUAL]
    return [Way(code=code, name=str(WAYS.get(code, code.capitalize()))) for code in sorted(codes, key=_by_hand_last)]


def _by_hand_last(code: str) -> tuple[bool, str]:
    return code == MANUAL, code


def _closed(order: Order, link: PaymentLink | None, due: Decimal, payments: list[Payment]) -> str:
    """Why nothing can be paid now; empty when it can."""
    if order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        return "cancelled"
    if order.balance <= ZERO:
        return "paid"
    if any(_is_being_asked(row) for row in payments):
        return "in_flight"
    if link is not None and link.status == PaymentLinkStatus.OPEN:
        return "expired" if link.has_run_out else "" if due > ZERO else "paid"
    ends: dict[str, str] = {PaymentLinkStatus.EXPIRED: "expired", PaymentLinkStatus.PAID: "paid"}
    return ends.get(link.status if link else "", "replaced")


def _is_being_asked(payment: Payment) -> bool:
    """A gateway may say yes at this moment; not one that is asked on a later day."""
    if payment.status != PaymentStatus.PENDING or payment.gateway in (MANUAL, *STORED):
        return False
    return not payment.transactions.filter(asked_later()).exists()
