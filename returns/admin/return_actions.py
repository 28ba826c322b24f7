"""What staff can do with returns; each action calls one service."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.admin.action import ABOVE, Action, ActionForm, must_choose
from orders.admin.chips import money
from orders.bundles import goods
from orders.errors import NotRefundable
from orders.kernel.actor import Actor
from orders.models import Order, OrderLine
from orders.services.settle import settle_payments
from returns.models import Return, ReturnLine
from returns.selectors import CANCELLABLE, RECEIVABLE
from returns.services.approve_return import approve_return
from returns.services.cancel_return import cancel_return
from returns.services.decline_return import decline_return
from returns.services.inspect_return import Finding, inspect_return
from returns.services.receive_return import receive_return
from returns.services.request_return import WantedReturn, refund_estimate, request_return
from returns.states import Acceptance, Condition, Disposition, Reception, ReturnReason, ReturnStatus

REST_COMES, REST_MISSING, REST_WRONG = "comes", "missing", "wrong"
NO_UNITS = forms.NumberInput(attrs={"placeholder": "0"})


class RequestForm(ActionForm):
    """Which units come back, and why; for a customer on the phone."""

    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)

    def build(self) -> None:
        shipped = [line for line in goods(self.target.lines.all()) if returnable(line)]
        self.shipped: list[OrderLine] = shipped
        for line in shipped:
            self.fields[f"{line.public_id}-units"] = forms.IntegerField(
                label=_("Units"), min_value=0, max_value=returnable(line), required=False, widget=NO_UNITS
            )
            self.fields[f"{line.public_id}-reason"] = forms.ChoiceField(
                label=_("Reason"), choices=must_choose(ReturnReason.choices), required=False
            )

    @property
    def headings(self) -> list[Any]:
        return [_("Product"), _("Can come back"), _("Worth"), _("Units"), _("Reason")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "cells": [f"{line.sku} {line.name}", returnable(line), worth(self.target, {line.pk: returnable(line)})],
                "fields": [self[f"{line.public_id}-units"], self[f"{line.public_id}-reason"]],
            }
            for line in self.shipped
        ]

    def field_of(self, path: str) -> str | None:
        match path.split("/"):
            case ["lines"]:
                return ABOVE
            case ["lines", i, *_rest]:
                return f"{self.cleaned_data['lines'][int(i)].order_line}-units"
        return super().field_of(path)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for line in self.shipped:
            if data.get(f"{line.public_id}-units") and not data.get(f"{line.public_id}-reason"):
                self.add_error(f"{line.public_id}-reason", _("Say why it comes back."))
        data["lines"] = [
            WantedReturn(
                order_line=line.public_id,
                quantity=data[f"{line.public_id}-units"],
                reason=ReturnReason(data[f"{line.public_id}-reason"]),
                note=data.get("note", ""),
            )
            for line in self.shipped
            if data.get(f"{line.public_id}-units") and data.get(f"{line.public_id}-reason")
        ]
        if not data["lines"] and not self.errors:
            raise forms.ValidationError(_("Say how many units of which line come back."))
        return data


class DeclineForm(ActionForm):
    """Why not; the customer reads it."""

    reason = forms.CharField(
        label=_("Reason"), max_length=255, widget=forms.Textarea, help_text=_("The customer reads this.")
    )


class ReturnForm(ActionForm):
    """A form with a row for each line of the return."""

    def build(self) -> None:
        self.lines: list[ReturnLine] = [
            line for line in self.target.lines.select_related("line") if self.is_asked(line)
        ]
        for line in self.lines:
            for name, each in self.questions(line).items():
                self.fields[f"{line.public_id}-{name}"] = each

    def field_of(self, path: str) -> str | None:
        """Services name a line by its SKU, which a return may have twice."""
        named = [line for line in self.lines if line.line.sku == path]
        if len(named) == 1:
            return f"{named[0].public_id}-{next(iter(self.questions(named[0])))}"
        return ABOVE if path == "lines" else super().field_of(path)

    def is_asked(self, line: ReturnLine) -> bool:
        """Whether anything is to be said of the line now."""
        return True

    def questions(self, line: ReturnLine) -> dict[str, forms.Field]:
        """What is asked of the line."""
        return {}

    def known(self, line: ReturnLine) -> list[Any]:
        """What is known of the line."""
        return [f"{line.line.sku} {line.line.name}", line.get_reason_display(), line.quantity, line.received]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "cells": self.known(line),
                "fields": [self[f"{line.public_id}-{name}"] for name in self.questions(line)],
            }
            for line in self.lines
        ]

    def said(self, line: ReturnLine, name: str) -> Any:
        """The answer to a question about a line."""
        return self.cleaned_data.get(f"{line.public_id}-{name}")


class ReceiveForm(ReturnForm):
    """How many units arrived, and what of the rest."""

    def is_asked(self, line: ReturnLine) -> bool:
        return line.reception == Reception.AWAITING

    def questions(self, line: ReturnLine) -> dict[str, forms.Field]:
        rest = [
            (REST_COMES, _("may still come")),
            (REST_MISSING, _("is missing")),
            (REST_WRONG, _("is something else")),
        ]
        return {
            "units": forms.IntegerField(
                label=_("Arrived"),
                min_value=0,
                max_value=line.quantity - line.received,
                required=False,
                widget=NO_UNITS,
            ),
            "rest": forms.ChoiceField(label=_("The rest"), choices=rest),
        }

    @property
    def headings(self) -> list[Any]:
        return [_("Product"), _("Reason"), _("Asked for"), _("Here already"), _("Arrived"), _("The rest")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["received"] = {line.public_id: n for line in self.lines if (n := self.said(line, "units"))}
        data["missing"] = [line.public_id for line in self.lines if self.said(line, "rest") == REST_MISSING]
        data["wrong"] = [line.public_id for line in self.lines if self.said(line, "rest") == REST_WRONG]
        if not data["received"] and not data["missing"] and not data["wrong"] and not self.errors:
            raise forms.ValidationError(_("Say what arrived."))
        return data


class InspectForm(ReturnForm):
    """How many of the received units we accept, how they look, and where they go."""

    def is_asked(self, line: ReturnLine) -> bool:
        return bool(line.received) and line.acceptance == Acceptance.PENDING

    def questions(self, line: ReturnLine) -> dict[str, forms.Field]:
        looks = must_choose(choice for choice in Condition.choices if choice[0] != Condition.UNKNOWN)
        return {
            "accepted": forms.IntegerField(
                label=_("Accepted"), min_value=0, max_value=line.received, initial=line.received
            ),
            "condition": forms.ChoiceField(label=_("Condition"), choices=looks),
            "disposition": forms.ChoiceField(
                label=_("Goes to"), choices=Disposition.choices, initial=Disposition.RESTOCK
            ),
        }

    def known(self, line: ReturnLine) -> list[Any]:
        return [*super().known(line), worth(self.target.order, {line.line_id: line.received})]

    @property
    def facts(self) -> list[Any]:
        here = {
            line.line_id: line.received if line.acceptance == Acceptance.PENDING else line.accepted
            for line in self.target.lines.all()
        }
        units = {pk: n for pk, n in here.items() if n}
        return [(_("Refund if all that is here is accepted"), worth(self.target.order, units))]

    @property
    def headings(self) -> list[Any]:
        known = [_("Product"), _("Reason"), _("Asked for"), _("Here"), _("Worth")]
        return [*known, _("Accepted"), _("Condition"), _("Goes to")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            data["findings"] = [
                Finding(
                    line=line.public_id,
                    accepted=self.said(line, "accepted"),
                    condition=Condition(self.said(line, "condition")),
                    disposition=Disposition(self.said(line, "disposition")),
                )
                for line in self.lines
            ]
        return data


def returnable(line: OrderLine) -> int:
    """Units that left and aren't back or on their way back."""
    return line.shipped - line.returned - line.return_requested


def worth(order: Order, units: Mapping[int, int]) -> str:
    """What these units (by line pk) would give back; a dash for what was never billed."""
    try:
        return money(refund_estimate(order, units), order.currency)
    except NotRefundable:
        return "–"


def _request(order: Order, data: dict[str, Any], by: Actor) -> Any:
    returning = request_return(order.pk, lines=data["lines"], by=by)
    said = {"id": returning.public_id, "status": returning.get_status_display()}
    said["amount"] = money(returning.refund_estimate, returning.currency)
    return _("Return %(id)s: %(status)s, worth %(amount)s.") % said


def _approve(returning: Return, data: dict[str, Any], by: Actor) -> Any:
    approve_return(returning.pk, by=by)
    return _("Approved: the customer is told how to send it.")


def _decline(returning: Return, data: dict[str, Any], by: Actor) -> Any:
    decline_return(returning.pk, reason=data["reason"], by=by)
    return _("Declined: the customer is told why.")


def _receive(returning: Return, data: dict[str, Any], by: Actor) -> Any:
    receive_return(returning.pk, received=data["received"], missing=data["missing"], wrong=data["wrong"], by=by)
    return _("Received.")


def _inspect(returning: Return, data: dict[str, Any], by: Actor) -> Any:
    inspect_return(returning.pk, findings=data["findings"], by=by)
    settle_payments(returning.order_id, by=by)
    return _("Inspected.")


def _cancel(returning: Return, data: dict[str, Any], by: Actor) -> Any:
    cancel_return(returning.pk, by=by)
    return _("Cancelled.")


REQUEST = Action(
    name="request_return",
    label=_("Return…"),
    intro=_("For a customer who asks on the phone; the same rules hold as on their page."),
    submit=_("Request the return"),
    permission="returns.approve_return",
    form=RequestForm,
    call=_request,
    icon="assignment_return",
    fits=lambda order: order.imported_at is None and any(returnable(line) for line in goods(order.lines.all())),
)
APPROVE = Action(
    name="approve",
    label=_("Approve"),
    intro=_("The customer is told how to send it back."),
    permission="returns.approve_return",
    call=_approve,
    icon="check_circle",
    variant="primary",
    fits=lambda returning: returning.status == ReturnStatus.REQUESTED,
    many=True,
)
DECLINE = Action(
    name="decline",
    label=_("Decline"),
    permission="returns.approve_return",
    form=DeclineForm,
    call=_decline,
    icon="block",
    variant="danger",
    fits=lambda returning: returning.status == ReturnStatus.REQUESTED,
)
RECEIVE = Action(
    name="receive",
    label=_("Receive"),
    intro=_("Count what is in the box."),
    permission="returns.receive_return",
    form=ReceiveForm,
    call=_receive,
    icon="inventory",
    variant="primary",
    fits=lambda returning: returning.status in RECEIVABLE,
)
INSPECT = Action(
    name="inspect",
    label=_("Inspect"),
    intro=_("What is accepted is refunded when the last line is judged; restocked units can be sold at once."),
    permission="returns.inspect_return",
    form=InspectForm,
    call=_inspect,
    icon="fact_check",
    variant="primary",
    fits=lambda returning: returning.status == ReturnStatus.RECEIVED,
)
CANCEL = Action(
    name="cancel",
    label=_("Cancel…"),
    intro=_("The customer keeps it after all."),
    submit=_("Cancel it"),
    permission="returns.approve_return",
    call=_cancel,
    icon="cancel",
    variant="danger",
    fits=lambda returning: returning.status in CANCELLABLE,
)
RETURN_ACTIONS = (APPROVE, RECEIVE, INSPECT, DECLINE, CANCEL)
ORDER_ACTIONS = (REQUEST,)
