"""The warehouse floor's back office; importing it registers its pages."""

from warehouse.admin import packing, places, stock, work

__all__ = ["packing", "places", "stock", "work"]
