"""The ground floor's back office; importing it registers its pages."""

from orders.admin import catalogue, channel, customer, history, money, order, papers, partner, queue

__all__ = ["catalogue", "channel", "customer", "history", "money", "order", "papers", "partner", "queue"]
