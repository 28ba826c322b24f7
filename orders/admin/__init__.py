"""The ground floor's back office; importing it registers its pages."""

from orders.admin import (
    catalogue,
    channel,
    customer,
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
    "customer",
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
