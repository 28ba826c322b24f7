"""What staff can do with the floor's work and the stock; each action calls one service."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action, ActionForm, must_choose
from orders.kernel.actor import Actor
from warehouse.models import FulfillmentOrder, Package, PutBackTask, StockLevel, Warehouse
from warehouse.selectors.work import to_release
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.answer_request import accept_fulfillment_order, reject_fulfillment_order
from warehouse.services.finish_put_back import finish_put_back
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.void_package import void_package
from warehouse.states import (
    ACTIVE,
    AdjustmentReason,
    FulfillmentOrderStatus,
    PackageStatus,
    PutBackStatus,
    RejectReason,
    RequestStatus,
)

_BACKEND = "django.contrib.auth.backends.ModelBackend"
DELTA, COUNTED = "delta", "counted"


class ReleaseForm(ActionForm):
    """Who will walk."""

    picker: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Picker"), queryset=None, required=False, empty_label=_("Whoever takes it")
    )

    def build(self) -> None:
        people = get_user_model().objects.with_perm("warehouse.pick", backend=_BACKEND, include_superusers=False)
        self.fields["picker"].queryset = people.order_by("username")  # type: ignore[attr-defined]


class AdjustForm(ActionForm):
    """By how much, or to how many, and why."""

    how = forms.ChoiceField(
        label=_("The number is"),
        choices=[(DELTA, _("a difference (−2, 5)")), (COUNTED, _("a count: so many lie there"))],
    )
    number = forms.IntegerField(label=_("Number"))
    reason = forms.ChoiceField(label=_("Reason"), choices=AdjustmentReason.choices)
    bin = forms.CharField(label=_("Bin"), max_length=32, required=False, help_text=_("Its code; empty: the warehouse."))

    def field_of(self, path: str) -> str | None:
        return "number" if path in (DELTA, COUNTED) else super().field_of(path)

    @property
    def facts(self) -> list[Any]:
        level = self.target
        if not isinstance(level, StockLevel):
            return []
        known = [(_("On hand"), level.on_hand), (_("Reserved"), level.allocated), (_("Set aside"), level.unavailable)]
        return [(_("Product"), level.product.sku), (_("Warehouse"), level.warehouse.code), *known]


class StockForm(AdjustForm):
    """The same for goods that the warehouse may never have had."""

    sku = forms.CharField(label=_("SKU"), max_length=64)
    field_order = ("sku", "how", "number", "reason", "bin")


def _release(targets: FulfillmentOrder | Sequence[FulfillmentOrder], data: dict[str, Any], by: Actor) -> Any:
    orders = [targets] if isinstance(targets, FulfillmentOrder) else targets
    picker = data["picker"]
    made = release_pick_list([order.pk for order in orders], picker_id=picker.pk if picker else None, by=by)
    return _("Pick list %(id)s is ready.") % {"id": made.public_id}


class RejectForm(ActionForm):
    """Why the location can't do it."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=must_choose(RejectReason.choices),
        help_text=_("Goods that aren't there, or are damaged, leave the books too, all that is asked for here."),
    )


def _accept(work: FulfillmentOrder, data: dict[str, Any], by: Actor) -> Any:
    accept_fulfillment_order(work.pk, by=by)
    return _("Accepted.")


def _reject(work: FulfillmentOrder, data: dict[str, Any], by: Actor) -> Any:
    reject_fulfillment_order(work.pk, reason=RejectReason(data["reason"]), by=by)
    return _("Called off there; its units were sourced again.")


def _put_back(task: PutBackTask, data: dict[str, Any], by: Actor) -> Any:
    finish_put_back(task.pk, by=by)
    return _("Back in its bin.")


def _adjust(level: StockLevel, data: dict[str, Any], by: Actor) -> Any:
    return _adjusted(level.product.sku, level.warehouse.code, data, by)


def _adjust_here(warehouse: Warehouse, data: dict[str, Any], by: Actor) -> Any:
    return _adjusted(data["sku"], warehouse.code, data, by)


def _adjusted(sku: str, warehouse: str, data: dict[str, Any], by: Actor) -> Any:
    level = adjust_stock(
        sku,
        warehouse=warehouse,
        reason=AdjustmentReason(data["reason"]),
        bin=data["bin"] or None,
        by=by,
        **{data["how"]: data["number"]},
    )
    return _("%(sku)s: %(n)s on hand in %(warehouse)s.") % {"sku": sku, "n": level.on_hand, "warehouse": warehouse}


def _void(package: Package, data: dict[str, Any], by: Actor) -> Any:
    void_package(package.pk, by=by)
    return _("Opened again: its contents wait to be packed.")


RELEASE = Action(
    name="release",
    label=_("Release to a pick list"),
    intro=_("One walk through the warehouse for what was chosen; its bins are reserved."),
    permission="warehouse.release_pick_list",
    form=ReleaseForm,
    call=_release,
    icon="checklist",
    variant="primary",
    fits=lambda work: to_release(FulfillmentOrder.objects.filter(pk=work.pk)).exists(),
    many=True,
    together=True,
)
ACCEPT = Action(
    name="accept",
    label=_("Accept"),
    intro=_("On behalf of the location: it will do it."),
    permission="warehouse.answer_request",
    call=_accept,
    icon="thumb_up",
    fits=lambda work: work.status in ACTIVE and work.request_status == RequestStatus.SUBMITTED,
    many=True,
)
REJECT = Action(
    name="reject",
    label=_("Source elsewhere"),
    intro=_("The location can't do it: its reservations end, and every unit is sourced at another one."),
    permission="warehouse.answer_request",
    form=RejectForm,
    call=_reject,
    icon="alt_route",
    variant="danger",
    fits=lambda work: work.status in (FulfillmentOrderStatus.SCHEDULED, FulfillmentOrderStatus.OPEN),
)
PUT_BACK = Action(
    name="finish",
    label=_("It is back"),
    intro=_("The units lie in their bin again."),
    permission="warehouse.finish_put_back",
    call=_put_back,
    icon="done_all",
    variant="primary",
    fits=lambda task: task.status == PutBackStatus.OPEN,
    many=True,
    in_rows=True,
)
ADJUST = Action(
    name="adjust",
    label=_("Adjust"),
    intro=_("Every change is a movement with its reason. More goods fill the oldest backorders at once."),
    permission="warehouse.adjust_stock",
    form=AdjustForm,
    call=_adjust,
    icon="edit",
    variant="primary",
    in_rows=True,
)
ADJUST_HERE = Action(
    name="adjust",
    label=_("Adjust stock"),
    intro=_("Also for goods that this warehouse never had."),
    permission="warehouse.adjust_stock",
    form=StockForm,
    call=_adjust_here,
    icon="edit",
)
VOID = Action(
    name="void",
    label=_("Open again"),
    intro=_("Everything is taken out, to be packed anew. Used material stays used."),
    permission="warehouse.pack",
    call=_void,
    icon="unarchive",
    variant="danger",
    fits=lambda package: package.status in (PackageStatus.OPEN, PackageStatus.SEALED, PackageStatus.LABELLED),
)
