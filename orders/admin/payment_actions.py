"""What staff do to get an order paid: send a link, take a payment, take a link back; each calls one service."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action
from orders.admin.chips import money
from orders.admin.order_forms import AmountForm
from orders.gateways import online
from orders.gateways.stored import GIFT_CARD, STORE_CREDIT
from orders.kernel.actor import Actor
from orders.models import Order, PaymentLink
from orders.requests import PayBy
from orders.selectors import spendable_credit
from orders.services.send_payment_link import LIFETIME, cancel_payment_link, send_payment_link
from orders.services.take_payment import take_payment
from orders.states import OrderStatus, PaymentLinkStatus, PaymentStatus

_OPEN = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
GATEWAYS = {
    GIFT_CARD: _("Gift card"),
    STORE_CREDIT: _("Store credit"),
    "sandbox": _("Card (sandbox)"),
    "stripe": _("Card or wallet"),
}


class LinkForm(AmountForm):
    """How much, until when."""

    expires_at = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))

    def build(self) -> None:
        super().build()
        self.fields["amount"].required = False
        self.fields["amount"].help_text = _("Empty: all that is owed when they pay.")
        self.fields["expires_at"].help_text = _("Empty: %(days)s days.") % {"days": LIFETIME.days}

    def clean_expires_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["expires_at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("Give a time that is still to come."))
        return at


class TakeForm(AmountForm):
    """By which way, and how much."""

    gateway = forms.ChoiceField(label=_("Paid by"))
    token = forms.CharField(
        label=_("Code or token"),
        max_length=255,
        required=False,
        help_text=_("A gift card's code, or the gateway's token. Store credit needs none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def build(self) -> None:
        super().build()
        codes = [code for code in settings.PAYMENT_GATEWAYS if code in online()]
        self.fields["gateway"].choices = [(code, GATEWAYS.get(code, code)) for code in codes]  # type: ignore[attr-defined]
        self.fields["amount"].required = False
        self.fields["amount"].help_text = _("Empty: all that is owed, or as much of it as there is.")
        self.order_fields(["gateway", "token", "amount"])

    @property
    def facts(self) -> list[Any]:
        credit = spendable_credit(self.target.customer_id, self.target.currency)
        return [*super().facts, (_("The customer's credit"), money(credit, self.target.currency))]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("gateway") not in (None, STORE_CREDIT) and not data.get("token"):
            self.add_error("token", _("This way of paying needs it."))
        return data

    def field_of(self, path: str) -> str | None:
        return super().field_of("token" if path == "payment" else path)


def _send(order: Order, data: dict[str, Any], by: Actor) -> Any:
    send_payment_link(order.pk, amount=data["amount"], expires_at=data["expires_at"], note=data["note"], by=by)
    return _("The link is on its way to the customer.")


def _take(order: Order, data: dict[str, Any], by: Actor) -> Any:
    wish = PayBy(gateway=data["gateway"], token=data["token"].strip(), amount=data["amount"])
    payment = take_payment(order.pk, wish, by=by)
    if payment.status == PaymentStatus.REQUIRES_ACTION:
        return _("The customer must approve it; they were written to.")
    return _("%(amount)s is reserved.") % {"amount": money(payment.amount, payment.currency)}


def _cancel(link: PaymentLink, data: dict[str, Any], by: Actor) -> Any:
    cancel_payment_link(link.pk, by=by)
    return _("The link is cancelled: nothing can be paid by it any more.")


def _owes(order: Order) -> bool:
    return order.status in _OPEN and order.balance > Decimal(0)


SEND_LINK = Action(
    name="send_payment_link",
    label=_("Send payment link"),
    intro=_("The customer gets a mail with a link to a page where they pay. A link sent before stops working."),
    submit=_("Send it"),
    permission="orders.send_payment_link",
    form=LinkForm,
    call=_send,
    icon="send_money",
    fits=_owes,
)
TAKE = Action(
    name="take_payment",
    label=_("Take payment"),
    intro=_("By gift card, store credit or a gateway. Money that arrived by bank or in cash is recorded instead."),
    submit=_("Take it"),
    permission="orders.record_payment",
    form=TakeForm,
    call=_take,
    icon="point_of_sale",
    fits=_owes,
)
CANCEL_LINK = Action(
    name="cancel",
    label=_("Cancel the link"),
    intro=_("Nothing can be paid by it any more."),
    permission="orders.send_payment_link",
    call=_cancel,
    icon="link_off",
    variant="danger",
    fits=lambda link: link.status == PaymentLinkStatus.OPEN,
)
