"""The editor's side: what the draft or the change would come to, from the services that would make it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from orders.admin.chips import money
from orders.admin.event_words import title_of, who_did
from orders.change_words import staff_sentences
from orders.kernel.money import text
from orders.models import Order, OrderEvent, OrderLine
from orders.services.preview_change import Preview
from orders.services.preview_draft import DraftPreview
from orders.services.render import Rendered
from orders.states import Difference


@dataclass(frozen=True, kw_only=True)
class PanelLine:
    """A line as it would be: its units, where they come from, when they arrive."""

    name: str
    units: str
    stock: tuple[str, ...]
    promised: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What the side shows; ``total`` is what whoever places it has seen."""

    sums: tuple[tuple[str, str, str], ...] = ()
    lines: tuple[PanelLine, ...] = ()
    money_words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    mail: Rendered | None = None
    total: str = ""
    happened: tuple[str, ...] = field(default=())


def draft_panel(preview: DraftPreview) -> Panel:
    """A draft: totals, stock, what has moved, what still stands against placing it, the mail."""
    order = preview.order
    moved = tuple(
        _("%(name)s costs %(now)s now instead of %(before)s.")
        % {"name": move.line.name, "now": money(move.now, order.currency), "before": money(move.before, order.currency)}
        for move in preview.moved
    )
    return Panel(
        sums=_sums(order),
        lines=_lines(preview.lines),
        notes=moved,
        obstacles=_obstacles(preview),
        mail=preview.mail,
        total=text(order.total, order.currency),
    )


def change_panel(preview: Preview) -> Panel:
    """A change: what is different, totals, stock, what becomes of the money, the mail."""
    order, currency = preview.order, preview.order.currency
    words: list[str] = []
    if preview.change.difference == Difference.OWED:
        owed = money(order.balance, currency)
        words.append(_("%(amount)s will be owed; what hasn't left waits for it.") % {"amount": owed})
    if preview.voided > 0:
        words.append(_("%(amount)s of what is reserved is given free.") % {"amount": money(preview.voided, currency)})
    if preview.refunded > 0:
        words.append(_("%(amount)s goes back to the customer.") % {"amount": money(preview.refunded, currency)})
    if not words:
        words.append(_("No money moves."))
    said = staff_sentences(preview.change, currency=currency, language=get_language() or "en")
    return Panel(
        sums=(*_sums(order), (_("Balance"), money(order.balance, currency), "balance")),
        lines=_lines(preview.lines),
        money_words=tuple(words),
        different=tuple(said),
        mail=preview.mail,
        total=text(order.total, currency),
    )


def happened_since(order: Order, seq: int) -> tuple[str, ...]:
    """What others did to the order since the page was opened, a sentence each."""
    events = OrderEvent.objects.filter(order=order, seq__gt=seq).order_by("seq")[:20]
    found = [f"{title_of(event)} ({who_did(event)})" for event in events]
    for change in order.changes.filter(version_before__isnull=False).order_by("-id")[:3]:
        if any(event.data.get("change") == change.public_id for event in events):
            found += staff_sentences(change, currency=order.currency, language=get_language() or "en")
    return tuple(found)


def _sums(order: Order) -> tuple[tuple[str, str, str], ...]:
    currency = order.currency
    parts: list[tuple[str, Decimal | None]] = [
        (_("Items"), order.items_total),
        (_("Discount"), -order.discount_total or None),
        (_("Shipping"), order.shipping_total),
        (_("Tax"), None if order.prices_include_tax else order.tax_total),
    ]
    rows = [(name, money(value, currency), "part") for name, value in parts if value is not None]
    rows.append((_("Total"), money(order.total, currency), "total"))
    if order.prices_include_tax:
        rows.append((_("Tax in it"), money(order.tax_total, currency), "paid"))
    return tuple(rows)


def _lines(lines: Sequence[OrderLine]) -> tuple[PanelLine, ...]:
    return tuple(
        PanelLine(
            name=line.name,
            units=str(line.active),
            stock=tuple(_stock(line)),
            promised=date_format(line.promised_on, "DATE_FORMAT") if line.promised_on else "",
        )
        for line in lines
        if line.active
    )


def _stock(line: OrderLine) -> list[str]:
    words = []
    if line.allocated:
        words.append(ngettext("%(n)s reserved", "%(n)s reserved", line.allocated) % {"n": line.allocated})
    if line.backordered:
        words.append(ngettext("%(n)s waits", "%(n)s wait", line.backordered) % {"n": line.backordered})
    if line.unsourced:
        words.append(ngettext("%(n)s not there", "%(n)s not there", line.unsourced) % {"n": line.unsourced})
    return words


def _obstacles(preview: DraftPreview) -> tuple[str, ...]:
    if preview.refusal is None:
        return ()
    return tuple(error.detail for error in preview.refusal.errors) or (preview.refusal.detail,)
