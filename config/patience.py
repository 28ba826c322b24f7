"""For migrations, imports, audits and other long work: the time limits of requests and tasks don't apply."""

from django.db import DEFAULT_DB_ALIAS, connections


def lift_time_limits(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Let statements and lock waits of this connection take as long as they need."""
    with connections[using].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
