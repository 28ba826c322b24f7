"""The warehouse floor's back office; importing it registers its pages."""

from warehouse.admin import badge, packing, places, stock, waves, work

__all__ = ["badge", "packing", "places", "stock", "waves", "work"]
