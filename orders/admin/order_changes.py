"""What was changed and called off after placement, as staff read it on the order's page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orders.admin.chips import money, url_of
from orders.admin.event_words import actor_words
from orders.change_words import staff_sentences
from orders.models import Order, OrderCancellation, OrderCancellationLine, OrderChange
from orders.states import ChangeStatus

NEWEST = 200


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A change, or what was called off: ``row`` has a page of its own. ``change`` is empty for a cancellation."""

    row: OrderChange | OrderCancellation
    title: str
    said: tuple[str, ...]
    who: str
    at: datetime
    notes: tuple[str, ...]
    url: str
    change: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether a customer waits for an answer."""
        return bool(self.change) and self.row.status == ChangeStatus.REQUESTED  # type: ignore[union-attr]


def changes_of(order: Order) -> list[ChangeRow]:
    """Newest first; three statements, however many there are."""
    changes = order.changes.order_by("-id")[:NEWEST]
    lines = Prefetch("lines", OrderCancellationLine.objects.select_related("line").order_by("id"))
    cancellations = order.cancellations.order_by("-id").prefetch_related(lines)[:NEWEST]
    rows = [*(_changed(row, order) for row in changes), *(_called_off(row, order) for row in cancellations)]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def said_of(rows: Iterable[ChangeRow]) -> dict[str, Sequence[str]]:
    """By the public id of a change, what it made different."""
    return {row.change: row.said for row in rows if row.change}


def _changed(row: OrderChange, order: Order) -> ChangeRow:
    people = dict.fromkeys(actor_words(name) for name in (row.made_by, row.decided_by) if name)
    return ChangeRow(
        row=row,
        title=str(row.get_status_display()),
        said=tuple(staff_sentences(row, currency=order.currency, language=get_language() or "en")),
        who=", ".join(people),
        at=row.created_at,
        notes=tuple(filter(None, (row.note, row.answer))),
        url=url_of(row),
        change=row.public_id,
    )


def _called_off(row: OrderCancellation, order: Order) -> ChangeRow:
    units = tuple(f"{line.quantity} × {line.line.sku}" for line in row.lines.all())
    return ChangeRow(
        row=row,
        title=_("Called off: %(reason)s") % {"reason": row.get_reason_display()},
        said=(*units, money(-row.amount, order.currency)),
        who=actor_words(row.cancelled_by),
        at=row.created_at,
        notes=tuple(filter(None, (row.note,))),
        url=url_of(row),
    )
