"""The warehouse's invariants: counters of stock, what is on its way, and the work on it."""

from orders.kernel.audit import Check
from warehouse.audit.stock import STOCK
from warehouse.audit.supply import SUPPLY
from warehouse.audit.work import WORK

CHECKS: tuple[Check, ...] = (*STOCK, *SUPPLY, *WORK)
