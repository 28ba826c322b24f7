"""Give committed events their place in the feed: one order for all readers, without gaps that fill up later.

Ids are given before the commit, so a reader that follows them misses slow transactions. Positions are given
after it, by one relay at a time.
"""

from django.db import connection, transaction

_LOCK = 7_202_611
_FEED = """
    UPDATE orders_orderevent e SET feed_position = f.top + f.n
    FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS n,
            (SELECT COALESCE(MAX(feed_position), 0) FROM orders_orderevent) AS top
        FROM (SELECT id FROM orders_orderevent WHERE feed_position IS NULL ORDER BY id LIMIT %s) unfed
    ) f
    WHERE e.id = f.id
"""


def relay_events(limit: int = 1000) -> int:
    """Place the next events in the feed; returns how many, 0 also when another relay is at work."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_FEED, [limit])
        return int(cursor.rowcount)
