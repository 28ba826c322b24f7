"""The ground floor's back office; importing it registers its pages."""

from orders.admin import catalogue, contact, customer, draft, history, money, order, partner, queue

__all__ = ["catalogue", "contact", "customer", "draft", "history", "money", "order", "partner", "queue"]
