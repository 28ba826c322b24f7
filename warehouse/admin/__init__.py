"""The warehouse floor's back office; importing it registers its pages."""

from warehouse.admin import badge, packing, places, purchase, sourcing, stock, substitution, waiting, waves, work
from warehouse.admin.substitution import ORDER_ACTIONS

__all__ = ["ORDER_ACTIONS", "badge", "packing", "places", "purchase", "sourcing", "stock"]
__all__ += ["substitution", "waiting", "waves", "work"]
