"""Every status of the shipping floor. ``TRACKING_WORDS`` say to the customer where a parcel is."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ShipmentStatus(TextChoices):
    PENDING = "pending", _("Pending")
    LABEL_WANTED = "label_wanted", _("Label wanted")
    READY = "ready", _("Ready to go")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    RETURNED_TO_SENDER = "returned_to_sender", _("Returned to sender")


# Not yet dispatched: still here, may be cancelled.
WAITING_SHIPMENTS = (ShipmentStatus.PENDING, ShipmentStatus.LABEL_WANTED, ShipmentStatus.READY)
DISPATCHED_SHIPMENTS = (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED_TO_SENDER)

# The category of the back office's question what becomes of packed parcels whose shipment was cancelled.
PARCELS_WITHOUT_SHIPMENT = "parcels_without_shipment"


class TrackingStatus(TextChoices):
    PRE_TRANSIT = "pre_transit", _("Announced")
    IN_TRANSIT = "in_transit", _("In transit")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    AVAILABLE_FOR_PICKUP = "available_for_pickup", _("Ready for pickup")
    ATTEMPTED = "attempted", _("Delivery attempted")
    DELIVERED = "delivered", _("Delivered")
    RETURN_TO_SENDER = "return_to_sender", _("On its way back")
    FAILURE = "failure", _("Failed")
    UNKNOWN = "unknown", _("Unknown")


# The carrier did not hand it over as it should.
TROUBLE = (TrackingStatus.ATTEMPTED, TrackingStatus.FAILURE, TrackingStatus.RETURN_TO_SENDER)


class DocumentKind(TextChoices):
    LABEL = "label", _("Shipping label")
    LABEL_ZPL = "label_zpl", _("Shipping label (ZPL)")
    PACKING_SLIP = "packing_slip", _("Packing slip")
    RETURN_LABEL = "return_label", _("Return label")


WAITING_WORDS = _("Your parcel is packed and waits for the carrier.")
LEFT_WORDS = _("Your parcel has left our warehouse.")
RETURNED_WORDS = _("Your parcel came back to us.")

TRACKING_WORDS: dict[str, Promise] = {
    TrackingStatus.PRE_TRANSIT: _("The carrier has been told about your parcel."),
    TrackingStatus.IN_TRANSIT: _("Your parcel is on its way."),
    TrackingStatus.OUT_FOR_DELIVERY: _("Your parcel will arrive today."),
    TrackingStatus.AVAILABLE_FOR_PICKUP: _("Your parcel is ready to be picked up."),
    TrackingStatus.ATTEMPTED: _("The carrier could not hand over your parcel and will try again."),
    TrackingStatus.DELIVERED: _("Your parcel has arrived."),
    TrackingStatus.RETURN_TO_SENDER: _("Your parcel is on its way back to us."),
    TrackingStatus.FAILURE: _("Something went wrong with your parcel; we are looking into it."),
    TrackingStatus.UNKNOWN: _("We are waiting for news from the carrier."),
}
