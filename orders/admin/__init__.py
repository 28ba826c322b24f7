"""The ground floor's back office; importing it registers its pages."""

from orders.admin import catalogue, customer, history, hold_rule, money, order, partner, queue, value

__all__ = ["catalogue", "customer", "history", "hold_rule", "money", "order", "partner", "queue", "value"]
