"""What staff can do with shipments; each action calls one service."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action, ActionForm, must_choose
from orders.kernel.actor import Actor
from shipping.carriers.protocol import News
from shipping.models import Shipment
from shipping.services.cancel_shipment import cancel_shipment
from shipping.services.dispatch_shipment import dispatch_shipment
from shipping.services.record_tracking import record_tracking
from shipping.services.return_shipment import return_shipment
from shipping.services.want_label import want_label
from shipping.states import WAITING_SHIPMENTS, ShipmentStatus, TrackingStatus


class TrackingForm(ActionForm):
    """News of the parcel that came by phone or mail."""

    status = forms.ChoiceField(label=_("Status"), choices=must_choose(TrackingStatus.choices))
    occurred_at = forms.DateTimeField(label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    place = forms.CharField(label=_("Place"), max_length=128, required=False)
    detail = forms.CharField(label=_("Detail"), max_length=255, required=False)

    def build(self) -> None:
        self.fields["occurred_at"].initial = timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def _want_label(shipment: Shipment, data: dict[str, Any], by: Actor) -> Any:
    want_label(shipment.pk, by=by)
    return _("The carrier is asked again now.")


def _dispatch(shipment: Shipment, data: dict[str, Any], by: Actor) -> Any:
    dispatch_shipment(shipment.pk, by=by)
    return _("Dispatched: stock is off the books, the invoice is issued, the customer is told.")


def _track(shipment: Shipment, data: dict[str, Any], by: Actor) -> Any:
    news = News(
        event_id=f"desk-{data['once']}",
        status=data["status"],
        occurred_at=data["occurred_at"],
        place=data["place"],
        detail=data["detail"],
    )
    record_tracking(shipment.pk, news, by=by)
    return _("Recorded.")


def _return(shipment: Shipment, data: dict[str, Any], by: Actor) -> Any:
    return_shipment(shipment.pk, by=by)
    return _("Taken back: the customer is told, and its goods wait to be counted in as a return.")


def _cancel(shipment: Shipment, data: dict[str, Any], by: Actor) -> Any:
    cancel_shipment(shipment.pk, by=by)
    return _("Cancelled. Its parcels are free again.")


WANT_LABEL = Action(
    name="want_label",
    label=_("Ask for the label"),
    intro=_("The carrier is asked again at once; without a carrier, one is chosen anew."),
    permission="shipping.buy_label",
    call=_want_label,
    icon="label",
    variant="primary",
    fits=lambda shipment: shipment.status in (ShipmentStatus.PENDING, ShipmentStatus.LABEL_WANTED),
    many=True,
)
DISPATCH = Action(
    name="dispatch",
    label=_("Dispatch"),
    intro=_("Handed to the carrier: stock leaves the books, the money is captured, the customer is told."),
    permission="shipping.dispatch_shipment",
    call=_dispatch,
    icon="local_shipping",
    variant="primary",
    fits=lambda shipment: shipment.status == ShipmentStatus.READY,
    many=True,
)
TRACK = Action(
    name="track",
    label=_("Add tracking event"),
    permission="shipping.record_tracking",
    form=TrackingForm,
    call=_track,
    icon="add_location",
    fits=lambda shipment: shipment.status not in (ShipmentStatus.PENDING, ShipmentStatus.CANCELLED),
)
RETURN = Action(
    name="return",
    label=_("Came back…"),
    intro=_("Nobody took it and it is here again: a return is opened for what is in it, and the customer is told."),
    submit=_("It is here"),
    permission="shipping.dispatch_shipment",
    call=_return,
    icon="assignment_return",
    fits=lambda shipment: shipment.status == ShipmentStatus.SHIPPED,
)
CANCEL = Action(
    name="cancel",
    label=_("Cancel…"),
    intro=_("Its label is given back to the carrier; the parcels stay packed."),
    submit=_("Cancel it"),
    permission="shipping.cancel_shipment",
    call=_cancel,
    icon="cancel",
    variant="danger",
    fits=lambda shipment: shipment.status in WAITING_SHIPMENTS,
)
SHIPMENT_ACTIONS = (DISPATCH, WANT_LABEL, TRACK, RETURN, CANCEL)
