"""Payments and refunds: written by services, read here; what a gateway refused is tried again here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action import Action, ActionForm
from orders.admin.chips import amount, chip, column, link, money
from orders.admin.notices import COMPARE
from orders.admin.records import RecordAdmin, RecordInline
from orders.exception_words import summary
from orders.kernel.actor import Actor
from orders.models import (
    Payment,
    PaymentTransaction,
    Refund,
)
from orders.selectors import open_differences
from orders.services.capture import uncharged
from orders.services.capture_early import is_early
from orders.services.charge_again import charge_again
from orders.services.give_up_payment import give_up_payment
from orders.services.promised import by_hand
from orders.services.record_refund import record_refund
from orders.services.retry_refund import retry_refund
from orders.services.settle import settle_payments
from orders.states import RefundStatus


def _charge_again(payment: Payment, data: dict[str, Any], by: Actor) -> Any:
    charge_again(payment.order_id, by=by)
    settle_payments(payment.order_id, by=by)
    payment.refresh_from_db()
    return _("The gateway was asked again; the payment is %(status)s.") % {"status": payment.get_status_display()}


def _give_up(payment: Payment, data: dict[str, Any], by: Actor) -> Any:
    give_up_payment(payment.pk, by=by)
    settle_payments(payment.order_id, by=by)
    return _("Given up: the customer owes it again, and can pay in another way.")


def _retry(refund: Refund, data: dict[str, Any], by: Actor) -> Any:
    retry_refund(refund.pk, by=by)
    settle_payments(refund.order_id, by=by)
    refund.refresh_from_db()
    said = {"amount": money(refund.amount, refund.currency), "status": refund.get_status_display()}
    return _("Refund of %(amount)s: %(status)s.") % said


class SentForm(ActionForm):
    """How it was sent."""

    note = forms.CharField(
        label=_("Reference"), max_length=255, required=False, help_text=_("The bank's, for example.")
    )

    @property
    def facts(self) -> list[Any]:
        return [(_("To be sent by hand"), money(by_hand(self.target), self.target.currency))]


def _record_sent(refund: Refund, data: dict[str, Any], by: Actor) -> Any:
    record_refund(refund.pk, note=data["note"], by=by)
    return _("Recorded: the customer is told that the money is on its way.")


CHARGE_AGAIN = Action(
    name="charge_again",
    label=_("Charge again"),
    intro=_("Asks the gateway once more for what was billed and not paid."),
    permission="orders.record_payment",
    call=_charge_again,
    icon="credit_score",
    variant="primary",
    fits=lambda payment: (
        payment.captured_amount < payment.authorized_amount
        and (uncharged(payment.order) > 0 or is_early(payment.order))
    ),
)
GIVE_UP = Action(
    name="give_up",
    label=_("Give up…"),
    intro=_("What is reserved goes back to the customer, who then pays in another way. This can't be undone."),
    submit=_("Give it up"),
    permission="orders.record_payment",
    call=_give_up,
    icon="money_off",
    variant="danger",
    fits=lambda payment: payment.captured_amount < payment.authorized_amount,
)
RETRY = Action(
    name="retry",
    label=_("Send again"),
    intro=_("Asks the gateway once more for what it hasn't sent."),
    permission="orders.grant_refund",
    call=_retry,
    icon="replay",
    variant="primary",
    fits=lambda refund: refund.status == RefundStatus.FAILED,
)


RECORD_SENT = Action(
    name="record_sent",
    label=_("Record as sent"),
    intro=_("Money that came by bank or in cash, or that its gateway won't send, goes back by hand. Send it first."),
    permission="orders.grant_refund",
    form=SentForm,
    call=_record_sent,
    icon="task_alt",
    variant="primary",
    fits=lambda refund: by_hand(refund) > 0,
)


class TransactionInline(RecordInline):
    """The calls to the gateway."""

    model = PaymentTransaction
    fields: ClassVar[Any] = ("kind", "status", "amount", "attempts", "error_code", "created_at", "finished_at")


@admin.register(Payment)
class PaymentAdmin(RecordAdmin):
    """How orders are paid."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("order"),
        "gateway",
        chip("status"),
        amount("amount"),
        amount("captured_amount", _("captured")),
        amount("refunded_amount", _("refunded")),
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = (
        ("status", ChoicesDropdownFilter),
        ("created_at", RangeDateFilter),
        ("expires_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("public_id__exact", "gateway_ref__exact")
    search_help_text = _("Order number, payment id or the gateway's reference")
    order_path = "order"
    fields: ClassVar[Any] = (
        ("public_id", "order"),
        ("status", "gateway"),
        ("amount", "currency"),
        ("authorized_amount", "captured_amount", "refunded_amount"),
        ("expires_at", "renews"),
        ("checked_at", "differs"),
        ("gateway_ref", "page_ref"),
        ("error_code", "action_url"),
        ("created_at", "updated_at"),
    )
    staff_actions = (CHARGE_AGAIN, GIVE_UP, COMPARE)
    inlines: ClassVar[Any] = (TransactionInline,)

    @column(_("differs from the gateway"))
    def differs(self, payment: Payment) -> str:
        """What the last comparison found, while it is unsettled."""
        return "; ".join(summary(row) for row in open_differences(payment)) or "–"


@admin.register(PaymentTransaction)
class PaymentTransactionAdmin(RecordAdmin):
    """Calls to gateways; the pending ones are debts."""

    list_display: ClassVar[Any] = (
        "__str__",
        link("payment__order"),
        "kind",
        chip("status"),
        amount("amount", currency="payment__currency"),
        "attempts",
        "error_code",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("payment__order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("payment", "refund", "invoice")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter))
    search_fields: ClassVar[Any] = ("idempotency_key__exact",)
    search_help_text = _("Order number or idempotency key")
    order_path = "payment__order"


class RefundTransactionInline(TransactionInline):
    """The calls to the gateway that send the money."""

    related: ClassVar[tuple[str, ...]] = ("payment",)


@admin.register(Refund)
class RefundAdmin(RecordAdmin):
    """Money that goes back."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("order"),
        chip("status"),
        amount("amount"),
        "reason",
        "granted_by",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or refund id")
    order_path = "order"
    staff_actions = (RECORD_SENT, RETRY)
    inlines: ClassVar[Any] = (RefundTransactionInline,)
