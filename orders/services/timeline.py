"""Write what happened into the timeline; called by ``work()`` at the end of every use case."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import BigIntegerField, IntegerField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from orders.kernel.actor import Actor
from orders.kernel.event import Event
from orders.models import OrderEvent

_NEXT_SEQ = "(SELECT COALESCE(MAX(seq), 0) + %s FROM orders_orderevent WHERE order_id = %s)"
_PARTNER = "(SELECT partner_id FROM orders_order WHERE id = %s)"


def write_events(events: Sequence[Event], *, by: Actor, change_set: UUID, request_id: str) -> None:
    """Insert all events of a unit of work in one statement; ``seq`` goes on counting within each order.

    The order's lock makes the count safe: ``emit`` refuses events of an order that isn't locked.
    """
    now = timezone.now()
    counted: defaultdict[int, int] = defaultdict(int)
    rows = []
    for event in events:
        row = OrderEvent(
            order_id=event.order_id,
            type=event.type,
            public=event.public,
            actor_kind=by.kind,
            actor_name=by.name,
            actor_id=by.id,
            data=event.data(),
            change_set=change_set,
            request_id=request_id[:128],
            occurred_at=now,
        )
        if event.order_id is not None:
            counted[event.order_id] += 1
            row.seq = RawSQL(  # noqa: S611 - a constant statement with parameters
                _NEXT_SEQ, (counted[event.order_id], event.order_id), output_field=IntegerField()
            )
            row.partner_id = RawSQL(  # noqa: S611
                _PARTNER, (event.order_id,), output_field=BigIntegerField()
            )
        rows.append(row)
    OrderEvent.objects.bulk_create(rows)
