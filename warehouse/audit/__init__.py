"""The warehouse's invariants: counters of stock, and the work on it."""

from orders.kernel.audit import Check
from warehouse.audit.stock import STOCK
from warehouse.audit.work import WORK

CHECKS: tuple[Check, ...] = (*STOCK, *WORK)
