"""What the shipping floor knows of people: where parcels went, on labels too, and what carriers said on the way."""

from orders.personal_data import Held, country_only
from shipping.models import Shipment, ShipmentPackage, ShippingDocument, TrackingEvent

_OF_LINES = "lines__line__order__customer"

HELD = (
    Held(
        section="shipments",
        model=Shipment,
        path=_OF_LINES,
        told=(
            *("public_id", "status", "tracking_status", "carrier__name", "ship_to", "tracking_number", "tracking_url"),
            *("promised_on", "shipped_at", "delivered_at"),
        ),
        emptied={"ship_to": country_only("ship_to"), "label_error": ""},
        kept=frozenset({"public_id", "language", "tracking_number", "tracking_url", "label_key", "label_currency"}),
    ),
    Held(
        section="tracking",
        model=TrackingEvent,
        path=f"shipment__{_OF_LINES}",
        told=("shipment__public_id", "status", "place", "detail", "occurred_at"),
        emptied={"place": "", "detail": ""},
        kept=frozenset({"event_id"}),
    ),
    Held(
        section="labels",
        model=ShippingDocument,
        path=f"shipment__{_OF_LINES}",
        told=("shipment__public_id", "kind", "content_type", "created_at"),
        is_deleted=True,
    ),
    Held(model=ShipmentPackage, path=f"shipment__{_OF_LINES}", kept=frozenset({"tracking_number"})),
)
