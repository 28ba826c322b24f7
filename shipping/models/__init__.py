"""The shipping floor's tables."""

from shipping.models.carrier import Carrier, CarrierService
from shipping.models.shipment import (
    Shipment,
    ShipmentLine,
    ShipmentPackage,
    ShippingDocument,
    TrackingEvent,
)

__all__ = [
    "Carrier",
    "CarrierService",
    "Shipment",
    "ShipmentLine",
    "ShipmentPackage",
    "ShippingDocument",
    "TrackingEvent",
]
