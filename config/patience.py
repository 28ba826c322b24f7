"""For migrations, imports, audits and other long work: the time limits of requests and tasks don't apply."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections


@contextmanager
def unhurried(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let statements and lock waits of this connection take as long as they need, until the end of the block."""
    with connections[using].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
    try:
        yield
    finally:
        with suppress(DatabaseError), connections[using].cursor() as cursor:
            cursor.execute("RESET statement_timeout; RESET lock_timeout")
