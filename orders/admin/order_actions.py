"""What staff can do to an order; each action calls one service."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.admin.action import ABOVE, Action, ActionForm
from orders.admin.chips import money
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, decimals, minor_unit, share, text
from orders.models import Order, OrderHold, OrderLine
from orders.services.cancel import cancel_order
from orders.services.capture import pending
from orders.services.confirm import confirm_order
from orders.services.hold import hold_order, release_hold
from orders.services.record_payment import record_payment
from orders.services.refund import grant_refund, refundable
from orders.services.revoke_links import revoke_links
from orders.services.settle import settle_payments
from orders.services.update import update_order
from orders.states import INVISIBLE, CancelReason, HoldReason, OrderStatus, RefundReason, TransactionKind

OPEN = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
REFUND_REASONS = [choice for choice in RefundReason.choices if choice[0] != RefundReason.RETURN]


class MoneyForm(ActionForm):
    """A form that shows how the order's money stands before anything is decided."""

    @property
    def facts(self) -> list[Any]:
        order = self.target
        if not isinstance(order, Order):
            return []
        reserved = order.authorized_total - order.captured_total
        amounts = [
            (_("Total"), order.total),
            (_("Reserved"), reserved),
            (_("Charged"), order.captured_total),
            (_("Given back"), order.refunded_total),
            (_("Still owed"), order.balance),
        ]
        return [(name, money(value, order.currency)) for name, value in amounts]


class AmountForm(MoneyForm):
    """A money form that asks for an amount, in the digits of the order's currency."""

    def build(self) -> None:
        self.fields["amount"] = forms.DecimalField(
            label=f"{_('Amount')}, {self.target.currency}",
            max_digits=15,
            decimal_places=decimals(self.target.currency),
            min_value=minor_unit(self.target.currency),
        )
        self.order_fields(["amount"])


class RecordPaymentForm(AmountForm):
    """How much came in."""

    note = forms.CharField(
        label=_("Reference"), max_length=255, required=False, help_text=_("The bank's, for example.")
    )

    def build(self) -> None:
        super().build()
        self.fields["amount"].initial = text(self.target.balance, self.target.currency)


class HoldForm(ActionForm):
    """Why, for how long, and what."""

    reason = forms.ChoiceField(label=_("Reason"), choices=HoldReason.choices)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))
    release_at = forms.DateTimeField(
        label=_("Release by itself"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    lines = forms.MultipleChoiceField(
        label=_("Only these lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: the order."),
    )

    def build(self) -> None:
        if not isinstance(self.target, Order):
            del self.fields["lines"]
            return
        open_lines = [line for line in self.target.lines.all() if line.open]
        choices = [(line.public_id, f"{line.open} × {line.sku} {line.name}") for line in open_lines]
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]

    def clean_release_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["release_at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("Give a time that is still to come."))
        return at


class CancelForm(MoneyForm):
    """The whole order, or how many units of which lines."""

    whole = forms.BooleanField(label=_("The whole order"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=CancelReason.choices)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))
    restock = forms.BooleanField(label=_("Put the goods back into stock"), required=False, initial=True)
    refund = forms.BooleanField(label=_("Release or give back the money"), required=False, initial=True)
    notify = forms.BooleanField(label=_("Tell the customer"), required=False, initial=True)

    def build(self) -> None:
        self.open_lines: list[OrderLine] = [line for line in self.target.lines.all() if line.open]
        for line in self.open_lines:
            self.fields[line.public_id] = forms.IntegerField(
                label=_("Units of %(sku)s to cancel") % {"sku": line.sku},
                min_value=0,
                max_value=line.open,
                required=False,
                widget=forms.NumberInput(attrs={"placeholder": "0"}),
            )

    @property
    def facts(self) -> list[Any]:
        order = self.target
        is_whole = not any(line.shipped for line in order.lines.all())
        rest = ZERO if is_whole else order.total - sum((self._worth(line, line.open) for line in self.open_lines), ZERO)
        return [*super().facts, (_("Total without all that can go"), money(rest, order.currency))]

    def _worth(self, line: OrderLine, units: int) -> Decimal:
        whole = line.amount if self.target.prices_include_tax else line.amount + line.tax
        return share(whole, units, line.active, self.target.currency)

    @property
    def headings(self) -> list[Any]:
        return [_("Product"), _("Ordered"), _("Can be cancelled"), _("Each"), _("Together"), _("Cancel")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        currency = self.target.currency
        return [
            {
                "cells": [
                    f"{line.sku} {line.name}",
                    line.ordered,
                    line.open,
                    money(self._worth(line, 1), currency),
                    money(self._worth(line, line.open), currency),
                ],
                "fields": [self[line.public_id]],
            }
            for line in self.open_lines
        ]

    def field_of(self, path: str) -> str | None:
        name, _slash, i = path.partition("/")
        if name != "lines":
            return super().field_of(path)
        return list(self.cleaned_data["units"])[int(i)] if i else ABOVE

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        units = {line.public_id: data.get(line.public_id) for line in self.open_lines}
        data["units"] = {key: n for key, n in units.items() if n}
        if data.get("whole") and data["units"]:
            raise forms.ValidationError(_("Choose the whole order or some of its units, not both."))
        if not data.get("whole") and not data["units"] and not self.errors:
            raise forms.ValidationError(_("Say what to cancel: the whole order, or units of its lines."))
        return data


class RefundForm(AmountForm):
    """How much, and why."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REFUND_REASONS)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)

    @property
    def facts(self) -> list[Any]:
        most = money(refundable(self.target), self.target.currency)
        return [*super().facts, (_("Can be given back"), most)]


class NoteForm(ActionForm):
    """What colleagues should know."""

    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 5}))
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def build(self) -> None:
        self.fields["note"].initial = self.target.note
        self.fields["tags"].initial = ", ".join(self.target.tags)
        self.fields["version"].initial = self.target.version

    def clean_tags(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["tags"].split(",")]
        return list(dict.fromkeys(tag[:64] for tag in tags if tag))


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
    refund = grant_refund(order.pk, amount=data["amount"], reason=data["reason"], note=data["note"], by=by)
    settle_payments(order.pk, by=by)
    refund.refresh_from_db()
    said = {"amount": money(refund.amount, refund.currency), "status": refund.get_status_display()}
    return _("Refund of %(amount)s: %(status)s.") % said


def _note(order: Order, data: dict[str, Any], by: Actor) -> Any:
    update_order(order.pk, versions={data["version"]}, tags=data["tags"], note=data["note"], by=by)
    return _("Saved.")


def _revoke_links(order: Order, data: dict[str, Any], by: Actor) -> Any:
    revoke_links(order.pk, by=by)
    return _("No link given out so far opens the customer's page any more.")


def is_open(order: Order) -> bool:
    """Whether anything can still be done to it."""
    return order.status in OPEN


def is_here(order: Order) -> bool:
    """Whether something of it has still to leave."""
    return is_open(order) and any(line.open for line in order.lines.all())


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
    fits=lambda order: is_open(order) and order.balance > 0,
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
NOTE = Action(
    name="note",
    label=_("Note and tags"),
    submit=_("Save"),
    permission="orders.annotate_order",
    form=NoteForm,
    call=_note,
    icon="edit_note",
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
ORDER_ACTIONS = (CONFIRM, RECORD_PAYMENT, HOLD, REFUND, NOTE, REVOKE_LINKS, CANCEL)
