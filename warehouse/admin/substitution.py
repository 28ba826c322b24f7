"""Substitutes: what customers are asked to take instead, and what they, or staff for them, answer."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from orders.admin.action import Action, ActionForm
from orders.admin.chips import chip, column, link, money
from orders.admin.records import RecordAdmin
from orders.kernel.actor import Actor
from orders.models import Order
from warehouse.models import SubstitutionProposal
from warehouse.selectors.substitutes import Offer, offers_for
from warehouse.services.answer_substitute import accept_substitute, decline_substitute
from warehouse.services.propose_substitute import propose_substitute
from warehouse.services.withdraw_substitute import withdraw_substitute
from warehouse.states import AnswerBy, ProposalStatus


class AnswerForm(ActionForm):
    """How the customer said it."""

    note = forms.CharField(
        label=_("Note"), max_length=255, required=False, help_text=_("For colleagues: who said it, and how.")
    )

    @property
    def facts(self) -> list[Any]:
        row = self.target
        if not isinstance(row, SubstitutionProposal):
            return []
        return [
            (_("Missing"), f"{row.units} × {row.line.sku}"),
            (_("Instead"), f"{row.quantity} × {row.product.sku}"),
            (_("The order costs more"), money(row.difference, row.order.currency)),
        ]


class ProposeForm(ActionForm):
    """What of what is there may stand for what is missing."""

    offer = forms.ChoiceField(label=_("Propose"), choices=())

    def build(self) -> None:
        order = self.target
        offers = offers_for(order) if isinstance(order, Order) else []
        self.fields["offer"].choices = [(_key(offer), _words(offer)) for offer in offers]  # type: ignore[attr-defined]


def _key(offer: Offer) -> str:
    return f"{offer.line.public_id} {offer.candidate.product.sku}"


def _words(offer: Offer) -> str:
    return _("%(quantity)s × %(sku)s instead of %(units)s × %(missing)s") % {
        "quantity": offer.candidate.quantity,
        "sku": offer.candidate.product.sku,
        "units": offer.units,
        "missing": offer.line.sku,
    }


def _propose(order: Order, data: dict[str, Any], by: Actor) -> Any:
    line, sku = data["offer"].split(" ", 1)
    row = propose_substitute(order.pk, line=line, sku=sku, by=by)
    if row.status == ProposalStatus.APPLIED:
        return _("The customer takes anything close: it is sent instead.")
    return _("The customer is asked.")


def _accept(row: SubstitutionProposal, data: dict[str, Any], by: Actor) -> Any:
    accept_substitute(row.pk, answered_by=AnswerBy.STAFF, note=data["note"], by=by)
    return _("It is sent instead.")


def _decline(row: SubstitutionProposal, data: dict[str, Any], by: Actor) -> Any:
    decline_substitute(row.pk, answered_by=AnswerBy.STAFF, note=data["note"], by=by)
    return _("Nothing else is sent.")


def _withdraw(row: SubstitutionProposal, data: dict[str, Any], by: Actor) -> Any:
    withdraw_substitute(row.pk, by=by)
    return _("Withdrawn: what was kept is on sale again.")


def _is_open(row: SubstitutionProposal) -> bool:
    return bool(row.status == ProposalStatus.PROPOSED)


RIGHT = "warehouse.answer_substitution"
PROPOSE = Action(
    name="propose_substitute",
    label=_("Propose a substitute…"),
    intro=_("It is kept until the customer answers. Who takes anything close isn't asked: it is sent at once."),
    permission=RIGHT,
    form=ProposeForm,
    call=_propose,
    icon="swap_horiz",
    fits=lambda order: bool(offers_for(order)),
    rare=True,
)
ACCEPT = Action(
    name="accept",
    label=_("The customer says yes"),
    intro=_("As told by phone or mail. The order is changed, and its money settled."),
    permission=RIGHT,
    form=AnswerForm,
    call=_accept,
    icon="check",
    variant="primary",
    fits=_is_open,
)
DECLINE = Action(
    name="decline",
    label=_("The customer says no"),
    intro=_("As told by phone or mail. What is missing takes the product's next way out."),
    permission=RIGHT,
    form=AnswerForm,
    call=_decline,
    icon="close",
    fits=_is_open,
)
WITHDRAW = Action(
    name="withdraw",
    label=_("Withdraw"),
    intro=_("The question is taken back, and the missing units are looked for again."),
    permission=RIGHT,
    call=_withdraw,
    icon="undo",
    fits=_is_open,
)
ORDER_ACTIONS = (PROPOSE,)


@admin.register(SubstitutionProposal)
class SubstitutionProposalAdmin(RecordAdmin):
    """Questions to customers about something similar, and their answers."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("order"),
        "missing",
        "instead",
        "costs_more",
        chip("status"),
        "answer_until",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order", "line", "product")
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "line", "product", "warehouse", "change")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), "warehouse")
    search_fields: ClassVar[Any] = ("public_id__exact", "product__sku__exact", "line__sku__exact")
    search_help_text = _("Order number, SKU or proposal id")
    order_path = "order"
    staff_actions = (ACCEPT, DECLINE, WITHDRAW)
    fields: ClassVar[Any] = (
        ("public_id", "order", "status"),
        ("line", "units"),
        ("product", "quantity", "warehouse"),
        ("unit_price", "discount", "costs_more"),
        ("answer_until", "unanswered"),
        ("answered_by", "answered_at", "note"),
        ("change", "proposed_by", "created_at"),
    )
    exports: ClassVar[Any] = {
        "missing": ("units", "line__sku"),
        "instead": ("quantity", "product__sku"),
        "costs_more": ("difference", "order__currency"),
    }

    @column(_("missing"))
    def missing(self, row: SubstitutionProposal) -> str:
        return f"{row.units} × {row.line.sku}"

    @column(_("instead"))
    def instead(self, row: SubstitutionProposal) -> str:
        return f"{row.quantity} × {row.product.sku}"

    @column(_("costs more"))
    def costs_more(self, row: SubstitutionProposal) -> str:
        return money(row.difference, row.order.currency)
