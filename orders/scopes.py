"""What a partner's key may do: the closed list of scopes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    ORDERS_READ = "orders:read", _("Read orders")
    ORDERS_WRITE = "orders:write", _("Place and change orders")
    DRAFTS_WRITE = "drafts:write", _("Make and place drafts")
    PRODUCTS_WRITE = "products:write", _("Create and change products")
    STOCK_READ = "stock:read", _("Read stock and availability")
    STOCK_WRITE = "stock:write", _("Adjust stock")
    FULFILLMENT_READ = "fulfillment:read", _("Read fulfillment orders")
    FULFILLMENT_WRITE = "fulfillment:write", _("Answer fulfillment orders")
    SHIPMENTS_READ = "shipments:read", _("Read shipments")
    SHIPMENTS_WRITE = "shipments:write", _("Report tracking events")
    RETURNS_READ = "returns:read", _("Read returns")
    RETURNS_WRITE = "returns:write", _("Request and cancel returns")
    WEBHOOKS_MANAGE = "webhooks:manage", _("Manage webhooks and read the event feed")
