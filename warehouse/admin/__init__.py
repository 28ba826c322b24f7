"""The warehouse floor's back office; importing it registers its pages."""

from warehouse.admin import badge, packing, places, purchase, stock, waiting, work

__all__ = ["badge", "packing", "places", "purchase", "stock", "waiting", "work"]
