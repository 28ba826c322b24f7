"""The warehouse floor's back office; importing it registers its pages."""

from warehouse.admin import badge, packing, places, sourcing, stock, substitution, waves, work
from warehouse.admin.substitution import ORDER_ACTIONS

__all__ = ["ORDER_ACTIONS", "badge", "packing", "places", "sourcing", "stock", "substitution", "waves", "work"]
