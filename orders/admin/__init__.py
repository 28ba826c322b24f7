"""The ground floor's back office; importing it registers its pages."""

from orders.admin import catalogue, customer, history, money, notices, order, partner, queue

__all__ = ["catalogue", "customer", "history", "money", "notices", "order", "partner", "queue"]
