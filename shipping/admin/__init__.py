"""The shipping floor's back office; importing it registers its pages."""

from shipping.admin import carrier, shipment

__all__ = ["carrier", "shipment"]
