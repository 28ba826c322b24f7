"""Drafts: the list of orders in the making, and what staff do with one beside the editor."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter

from orders.admin.action import Action, ActionForm
from orders.admin.action_pages import way
from orders.admin.chips import amount, column, link, money
from orders.admin.filters import SeveralFilter
from orders.admin.given_prices import as_list, given_prices
from orders.admin.records import RecordAdmin
from orders.kernel.actor import Actor
from orders.models import Draft, Order, OrderChange, PriceOverride
from orders.services.decide_change import approve_change, decline_change
from orders.services.draft import discard_draft, take_over_draft
from orders.services.reorder import reorder
from orders.services.settle import settle_payments
from orders.states import INVISIBLE, ChangeStatus, OrderStatus


class DiscardForm(ActionForm):
    """Why nothing came of it."""

    reason = forms.CharField(label=_("Why"), max_length=255, required=False)


class DeclineForm(ActionForm):
    """What the customer reads."""

    answer = forms.CharField(label=_("What the customer reads"), widget=forms.Textarea, max_length=2000)


def _take_over(draft: Draft, data: dict[str, Any], by: Actor) -> Any:
    take_over_draft(draft.pk, by=by)
    return _("It is yours now; whoever wrote it before is told when they save.")


def _discard(draft: Draft, data: dict[str, Any], by: Actor) -> Any:
    discard_draft(draft.pk, reason=data["reason"], by=by)
    return _("Discarded; what it kept is on sale again.")


def _reorder(order: Order, data: dict[str, Any], by: Actor) -> Any:
    made = reorder(order.pk, by=by)
    said = [str(_("Draft %(draft)s is made, at today's prices.") % {"draft": made.draft.order.number})]
    if made.gone:
        said.append(str(_("No longer sold: %(skus)s.") % {"skus": ", ".join(line.sku for line in made.gone)}))
    dearer = [move.line.sku for move in made.moved if move.now > move.before]
    if dearer:
        said.append(str(_("Dearer than then: %(skus)s.") % {"skus": ", ".join(dearer)}))
    return " ".join(said)


def _approve(change: OrderChange, data: dict[str, Any], by: Actor) -> Any:
    approve_change(change.pk, by=by)
    settle_payments(change.order_id, by=by)
    return _("The change is made; the customer is told.")


def _decline(change: OrderChange, data: dict[str, Any], by: Actor) -> Any:
    decline_change(change.pk, answer=data["answer"], by=by)
    return _("Declined; the customer reads why.")


def is_draft(draft: Draft) -> bool:
    """Whether it is still to be placed."""
    return bool(draft.order.status == OrderStatus.DRAFT)


def is_requested(change: OrderChange) -> bool:
    """Whether a customer waits for an answer."""
    return bool(change.status == ChangeStatus.REQUESTED)


TAKE_OVER = Action(
    name="take_over",
    label=_("Take over"),
    intro=_("You go on with it. Who began it can't overwrite what you write."),
    permission="orders.write_draft",
    call=_take_over,
    icon="back_hand",
    fits=is_draft,
)
DISCARD = Action(
    name="discard",
    label=_("Discard…"),
    intro=_("What it keeps goes back on sale. This can't be undone."),
    submit=_("Discard it"),
    permission="orders.write_draft",
    form=DiscardForm,
    call=_discard,
    icon="delete",
    variant="danger",
    fits=is_draft,
)
REORDER = Action(
    name="reorder",
    label=_("Order again"),
    intro=_("A new draft with the same goods at today's prices, for the same customer."),
    permission="orders.write_draft",
    call=_reorder,
    icon="replay",
    rare=True,
    fits=lambda order: order.status not in INVISIBLE,
)
APPROVE_CHANGE = Action(
    name="approve",
    label=_("Make the change"),
    intro=_("It is made as the order is now; the customer is told what is different."),
    permission="orders.change_placed_order",
    call=_approve,
    icon="check_circle",
    variant="primary",
    fits=is_requested,
)
DECLINE_CHANGE = Action(
    name="decline",
    label=_("Decline…"),
    submit=_("Decline it"),
    permission="orders.change_placed_order",
    form=DeclineForm,
    call=_decline,
    icon="block",
    variant="danger",
    fits=is_requested,
)


@admin.register(Draft)
class DraftAdmin(RecordAdmin):
    """Orders in the making; each is written in the editor."""

    exports: ClassVar[Any] = {
        "headline": ("order__number", "order__partner", "order__channel"),
        "buyer": ("order__customer_name", "order__email", "order__phone"),
        "state": ("order__status",),
        "total": ("order__total",),
    }
    list_display: ClassVar[Any] = (
        "headline",
        "buyer",
        "total",
        "state",
        "reserve_until",
        "call_back_at",
        "made_by",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order__customer", "order__channel", "order__partner")
    detail_select_related: ClassVar[tuple[str, ...]] = (
        "order__customer",
        "order__channel",
        "order__shipping_method",
        "reorder_of",
    )
    list_filter: ClassVar[Any] = (
        ("order__status", SeveralFilter),
        ("reserve_until", admin.EmptyFieldListFilter),
        ("created_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("public_id__exact", "made_by__exact", "taken_over_by__exact")
    search_help_text = _("Order number, draft id or colleague")
    order_path = "order"
    staff_actions = (TAKE_OVER, DISCARD)
    fields: ClassVar[Any] = (
        ("public_id", "order"),
        ("total", "state"),
        ("is_frozen", "shipping_price"),
        "prices_given",
        ("reserve_until", "expires_at"),
        ("call_back_at", "call_back_asked_at"),
        ("made_by", "taken_over_by", "taken_over_at"),
        ("reorder_of", "end_reason", "ended_at"),
        "created_at",
    )

    def ways(self, request: HttpRequest, row: Draft) -> list[dict[str, Any]]:
        user: Any = request.user
        if not is_draft(row) or not user.has_perm("orders.write_draft"):
            return []
        return [way(_("Go on with it"), reverse("admin:orders_order_edit", args=[row.order_id]), icon="edit")]

    @column(_("prices given"))
    def prices_given(self, draft: Draft) -> SafeString:
        return as_list(given_prices(draft.order))

    @column(_("draft"), header=True)
    def headline(self, draft: Draft) -> list[str]:
        return [draft.order.number, str(draft.order.partner or draft.order.channel)]

    @column(_("customer"), header=True)
    def buyer(self, draft: Draft) -> list[str]:
        return [draft.order.customer_name or str(draft.order.customer), draft.order.email or draft.order.phone]

    @column(_("status"))
    def state(self, draft: Draft) -> str:
        return draft.order.get_status_display()

    @column(_("total"))
    def total(self, draft: Draft) -> str:
        return money(draft.order.total, draft.order.currency)


@admin.register(PriceOverride)
class PriceOverrideAdmin(RecordAdmin):
    """Prices and discounts that somebody gave instead of the catalogue's, and why."""

    list_display: ClassVar[Any] = (
        "reason_given",
        link("line__order"),
        link("line"),
        amount("catalogue_price", currency="line__order__currency"),
        amount("unit_price", currency="line__order__currency"),
        amount("discount", currency="line__order__currency"),
        "made_by",
        "made_at",
    )
    list_select_related: ClassVar[Any] = ("line__order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("line__order",)
    list_filter: ClassVar[Any] = (("made_at", RangeDateFilter),)
    search_fields: ClassVar[Any] = ("line__public_id__exact", "made_by__exact")
    search_help_text = _("Order number, line id or colleague")
    order_path = "line__order"

    @column(_("reason"))
    def reason_given(self, row: PriceOverride) -> str:
        return row.reason or "–"
