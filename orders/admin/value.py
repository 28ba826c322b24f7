"""Gift cards, store credit and their ledger, and payment links: read here, moved by actions that call services."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action import Action, ActionForm, Answer
from orders.admin.chips import BAD, GOOD, QUIET, amount, chip, column, link, money
from orders.admin.customer_actions import is_living
from orders.admin.order_forms import REFUND_REASONS
from orders.admin.payment_actions import CANCEL_LINK
from orders.admin.records import RecordAdmin, RecordInline
from orders.gift_codes import code_of
from orders.kernel.actor import Actor
from orders.kernel.money import decimals, minor_unit
from orders.models import BalanceMovement, Channel, Customer, GiftCard, PaymentLink, StoreCredit
from orders.services.gift_card import disable_gift_card, issue_gift_card, send_gift_card, top_up_gift_card
from orders.services.grant_credit import grant_credit


def _amount_field(currency: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=f"{_('Amount')}, {currency}",
        max_digits=15,
        decimal_places=decimals(currency),
        min_value=minor_unit(currency),
        **more,
    )


def _until(**more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=_("Valid until"), required=False, widget=widget, **more)


class FutureForm(ActionForm):
    """A form whose ``expires_at`` is still to come."""

    def clean_expires_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["expires_at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("Give a time that is still to come."))
        return at


class IssueForm(FutureForm):
    """How much, for whom."""

    email = forms.EmailField(
        label=_("Send it to"), required=False, help_text=_("Empty: the code is shown here once, to be handed over.")
    )
    expires_at = _until(help_text=_("Empty: for ever."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))

    def build(self) -> None:
        self.fields["amount"] = _amount_field(self.target.currency)
        self.order_fields(["amount"])


class TopUpForm(FutureForm):
    """How much more, or how much longer."""

    expires_at = _until(help_text=_("Empty: as before."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))

    def build(self) -> None:
        self.fields["amount"] = _amount_field(self.target.currency, required=False)
        self.order_fields(["amount"])

    @property
    def facts(self) -> list[Any]:
        return [(_("On it now"), money(self.target.balance, self.target.currency))]


class SendForm(ActionForm):
    """To whom, and whether the old code ends."""

    email = forms.EmailField(label=_("Send it to"))
    with_new_code = forms.BooleanField(
        label=_("With a new code"),
        required=False,
        help_text=_("The old one stops working."),
    )

    def build(self) -> None:
        self.fields["email"].initial = self.target.email


class CreditForm(ActionForm):
    """How much, under which brand, and why."""

    channel = forms.ChoiceField(label=_("Shop"))
    amount = forms.DecimalField(label=_("Amount"), max_digits=15, decimal_places=3, min_value=0)
    reason = forms.ChoiceField(label=_("Reason"), choices=REFUND_REASONS)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))

    def build(self) -> None:
        shops = Channel.objects.filter(is_active=True)
        self.fields["channel"].choices = [(row.pk, f"{row.name} ({row.currency})") for row in shops]  # type: ignore[attr-defined]

    @property
    def facts(self) -> list[Any]:
        credits = StoreCredit.objects.filter(customer=self.target).order_by("currency")
        return [(_("Credit now"), money(row.balance, row.currency)) for row in credits]


def _issue(channel: Channel, data: dict[str, Any], by: Actor) -> Any:
    card = issue_gift_card(channel.pk, **_asked(data, "amount", "email", "expires_at", "note"), by=by)
    if card.email:
        return _("The card is on its way by mail.")
    return Answer(
        template="admin/orders/gift_card_issued.html",
        context={"card": card, "code": code_of(card), "amount": money(card.balance, card.currency)},
    )


def _top_up(card: GiftCard, data: dict[str, Any], by: Actor) -> Any:
    after = top_up_gift_card(card.pk, **_asked(data, "amount", "expires_at", "note"), by=by)
    return _("There is %(amount)s on the card now.") % {"amount": money(after.balance, after.currency)}


def _send(card: GiftCard, data: dict[str, Any], by: Actor) -> Any:
    send_gift_card(card.pk, **_asked(data, "email", "with_new_code"), by=by)
    return _("The card is on its way by mail.")


def _disable(card: GiftCard, data: dict[str, Any], by: Actor) -> Any:
    disable_gift_card(card.pk, by=by)
    return _("The card is disabled: nothing can be paid with it any more.")


def _grant(customer: Customer, data: dict[str, Any], by: Actor) -> Any:
    asked = _asked(data, "amount", "reason", "note")
    credit = grant_credit(customer.pk, channel_id=int(data["channel"]), **asked, by=by)
    return _("The customer has %(amount)s of credit now.") % {"amount": money(credit.balance, credit.currency)}


def _asked(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names}


ISSUE = Action(
    name="issue_gift_card",
    label=_("Issue a gift card"),
    intro=_("Money on a code, in this channel's currency. Only the code's end can be seen later."),
    permission="orders.issue_gift_card",
    form=IssueForm,
    call=_issue,
    icon="redeem",
)
TOP_UP = Action(
    name="top_up",
    label=_("Top up"),
    permission="orders.issue_gift_card",
    form=TopUpForm,
    call=_top_up,
    icon="add_card",
    variant="primary",
    fits=lambda card: card.disabled_at is None,
)
SEND = Action(
    name="send",
    label=_("Send again"),
    permission="orders.issue_gift_card",
    form=SendForm,
    call=_send,
    icon="forward_to_inbox",
    fits=lambda card: card.is_usable,
)
DISABLE = Action(
    name="disable",
    label=_("Disable"),
    intro=_("Nothing can be paid with it any more. This can't be undone; what is on it stays in the books."),
    permission="orders.issue_gift_card",
    call=_disable,
    icon="credit_card_off",
    variant="danger",
    fits=lambda card: card.disabled_at is None,
)
GRANT_CREDIT = Action(
    name="grant_credit",
    label=_("Give store credit"),
    intro=_("Goodwill that the customer can pay with; they get a mail."),
    permission="orders.grant_credit",
    form=CreditForm,
    call=_grant,
    icon="volunteer_activism",
    fits=lambda customer: is_living(customer) and bool(customer.email),
)


class MovementInline(RecordInline):
    """The ledger."""

    model = BalanceMovement
    fields: ClassVar[Any] = ("kind", "amount", "payment", "refund", "reason", "note", "actor_name", "created_at")
    related: ClassVar[tuple[str, ...]] = ("payment", "refund", "gift_card", "store_credit")


@admin.register(GiftCard)
class GiftCardAdmin(RecordAdmin):
    """Money on codes; of each only the end is known."""

    list_display: ClassVar[Any] = (
        "__str__",
        amount("balance"),
        "state",
        "email",
        "expires_at",
        "issued_by",
        "created_at",
    )
    list_filter: ClassVar[Any] = (("created_at", RangeDateFilter), ("disabled_at", admin.EmptyFieldListFilter))
    search_fields: ClassVar[Any] = ("tail__exact", "email__exact", "public_id__exact")
    search_help_text = _("The code's last four characters, the address or the card's id")
    detail_select_related: ClassVar[tuple[str, ...]] = ("channel",)
    hidden: ClassVar[tuple[str, ...]] = ("code_hash",)
    staff_actions = (TOP_UP, SEND, DISABLE)
    inlines: ClassVar[Any] = (MovementInline,)

    @column(_("state"), label={"usable": GOOD, "disabled": BAD, "expired": QUIET})
    def state(self, card: GiftCard) -> tuple[str, Any]:
        if card.is_usable:
            return "usable", _("Usable")
        return ("disabled", _("Disabled")) if card.disabled_at else ("expired", _("Expired"))


@admin.register(StoreCredit)
class StoreCreditAdmin(RecordAdmin):
    """What customers have with us."""

    list_display: ClassVar[Any] = ("public_id", link("customer"), amount("balance"), "created_at")
    list_select_related: ClassVar[Any] = ("customer",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("customer",)
    search_fields: ClassVar[Any] = ("customer__email__exact", "public_id__exact")
    search_help_text = _("The customer's address or the credit's id")
    inlines: ClassVar[Any] = (MovementInline,)


@admin.register(BalanceMovement)
class BalanceMovementAdmin(RecordAdmin):
    """Every movement of every balance."""

    list_display: ClassVar[Any] = (
        "kind",
        "amount",
        link("gift_card"),
        link("store_credit"),
        link("payment"),
        "actor_name",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("gift_card", "store_credit", "payment")
    detail_select_related: ClassVar[tuple[str, ...]] = ("gift_card", "store_credit", "payment", "refund")
    list_filter: ClassVar[Any] = (("kind", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or movement id")
    order_path = "payment__order"


@admin.register(PaymentLink)
class PaymentLinkAdmin(RecordAdmin):
    """Links by which customers pay."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("order"),
        chip("status"),
        "amount",
        "sent_by",
        "expires_at",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or link id")
    order_path = "order"
    staff_actions = (CANCEL_LINK,)
