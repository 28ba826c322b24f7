"""The ground floor's back office; importing it registers its pages."""

from orders.admin import (
    catalogue,
    channel,
    contact,
    customer,
    draft,
    history,
    hold_rule,
    money,
    notices,
    order,
    papers,
    partner,
    queue,
    value,
)

__all__ = [
    "catalogue",
    "channel",
    "contact",
    "customer",
    "draft",
    "history",
    "hold_rule",
    "money",
    "notices",
    "order",
    "papers",
    "partner",
    "queue",
    "value",
]
