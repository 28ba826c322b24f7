"""What a partner's key may do: the closed list of scopes."""

from django.db.models import TextChoices


class Scope(TextChoices):
    ORDERS_READ = "orders:read", "Read orders"
    ORDERS_WRITE = "orders:write", "Place and change orders"
    DRAFTS_WRITE = "drafts:write", "Make and place drafts"
    PRODUCTS_WRITE = "products:write", "Create and change products"
    STOCK_READ = "stock:read", "Read stock and availability"
    STOCK_WRITE = "stock:write", "Adjust stock"
    FULFILLMENT_READ = "fulfillment:read", "Read fulfillment orders"
    FULFILLMENT_WRITE = "fulfillment:write", "Answer fulfillment orders"
    SHIPMENTS_READ = "shipments:read", "Read shipments"
    SHIPMENTS_WRITE = "shipments:write", "Report tracking events"
    RETURNS_READ = "returns:read", "Read returns"
    RETURNS_WRITE = "returns:write", "Request and cancel returns"
    WEBHOOKS_MANAGE = "webhooks:manage", "Manage webhooks and read the event feed"
