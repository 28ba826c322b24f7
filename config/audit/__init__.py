"""The audit: every invariant of every floor, checked in one snapshot of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from django.db import connection, transaction
from django.utils.module_loading import import_string

from config.patience import unhurried
from orders.kernel.audit import Check, Found

FLOORS = (
    "config.audit.schema.CHECKS",
    "orders.audit.CHECKS",
    "warehouse.audit.CHECKS",
    "shipping.audit.CHECKS",
    "returns.audit.CHECKS",
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one check came to."""

    check: Check
    found: Found
    seconds: float

    @property
    def is_kept(self) -> bool:
        return self.found.wrong == 0


def checks() -> list[Check]:
    """All of them: the schema's first, then floor by floor from the ground up."""
    return [check for path in FLOORS for check in import_string(path)]


def judge(check: Check, *, most: int) -> Verdict:
    """Look for what breaks the invariant, and name at most ``most`` of it."""
    started = monotonic()
    found = check.find(most)
    return Verdict(check=check, found=found, seconds=monotonic() - started)


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one moment; nothing can be written, and nobody waits for us."""
    with unhurried(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        yield
