"""The ground floor's invariants: what must be true of orders, money, papers, events and messages at any moment."""

from orders.audit.axes import AXES
from orders.audit.lines import LINES
from orders.audit.liveness import LIVENESS
from orders.audit.money import MONEY
from orders.audit.outbox import OUTBOX
from orders.audit.papers import PAPERS
from orders.audit.timeline import TIMELINE
from orders.audit.value import VALUE
from orders.kernel.audit import Check

CHECKS: tuple[Check, ...] = (*LINES, *MONEY, *VALUE, *PAPERS, *AXES, *TIMELINE, *OUTBOX, *LIVENESS)
