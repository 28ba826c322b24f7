"""How values look in the back office: chips for states, money with its currency, links, addresses."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from unfold.decorators import display

from orders.addresses import lines_of
from orders.admin.column_words import column_words
from orders.kernel.documents import Formats
from orders.phones import shown as phone_shown

Words = str | Promise
Column = TypeVar("Column", bound=Callable[..., Any])

GOOD, BUSY, WAIT, BAD, QUIET = "success", "info", "warning", "danger", "default"

# One colour per word, whatever the axis: a state means the same everywhere.
_WORDS: dict[str, str] = {
    GOOD: "confirmed completed paid captured success succeeded delivered sent picked received done accepted fulfilled "
    "closed restock ready active success_state processed",
    BUSY: "placed authorized in_progress shipped partially_shipped partially_delivered in_transit partially_received "
    "partially_captured out_for_delivery released labelled sealed leased approved pre_transit in_return ordered "
    "promised allocated scheduled submitted running acknowledged",
    WAIT: "queued unpaid partially_paid overpaid on_hold backordered pending requires_action requested label_wanted "
    "waiting granted attempted manual_review available_for_pickup medium short partially_refunded partially_returned "
    "skipped parked",
    BAD: "declined failed failure dead high rejected return_to_sender returned_to_sender missing wrong_item incomplete",
}
TONES: dict[str, str] = {word: tone for tone, words in _WORDS.items() for word in words.split()}


class _Tones(dict[str, str]):
    def __missing__(self, word: str) -> str:
        return QUIET


LABELS = _Tones(TONES)


def column(
    title: Words, *, ordering: str | None = None, label: dict[str, str] | bool | None = None, header: bool = False
) -> Callable[[Column], Column]:
    """A column made by a function: its title, and how unfold draws it (chips by ``label``, two lines by ``header``)."""
    decorate: Callable[[Column], Column] = display(
        description=title, ordering=ordering, label=label, header=header or None
    )
    return decorate


def named(name: str, show: Column) -> Column:
    """The same column under a name of its own, by which style sheets know it: ``field-total``."""
    show.__name__ = name
    return show


def tone(word: str) -> str:
    """The colour of a state."""
    return LABELS[word]


def chip(field: str, title: Words = "") -> Callable[[Any], tuple[str, str]]:
    """A column that shows a state as a coloured chip."""

    @column(title or column_words(field), ordering=field, label=LABELS)
    def show(row: Any) -> tuple[str, str]:
        return getattr(row, field), getattr(row, f"get_{field}_display")()

    return named(field, show)


def badge(row: Any, field: str) -> SafeString:
    """The state of a row as a coloured word, for pages."""
    words = getattr(row, f"get_{field}_display")()
    return format_html('<span class="desk-chip desk-chip-{}">{}</span>', tone(getattr(row, field)), words)


def state(field: str) -> Callable[[Any], SafeString]:
    """A field of a row's page that shows a state; unfold draws chips in lists only."""

    @column(column_words(field))
    def show(row: Any) -> SafeString:
        return badge(row, field)

    return show


def money(amount: Decimal | None, currency: str) -> str:
    """The amount as people read it in the page's language."""
    if amount is None:
        return ""
    return Formats(get_language() or "en").money(amount, currency)


def amount(field: str, title: Words = "", *, currency: str = "currency") -> Callable[[Any], str]:
    """A column of money; ``currency`` is the path to the row's currency."""

    @column(title or column_words(field), ordering=field)
    def show(row: Any) -> str:
        code: Any = row
        for part in currency.split("__"):
            code = getattr(code, part)
        return money(getattr(row, field), code)

    return named(field, show)


def url_of(row: models.Model, view: str = "change") -> str:
    """The row's page in the back office, or another of its views."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{view}", args=[row.pk])


def listing(label: str, **filters: Any) -> str:
    """The list of a model such as ``orders.order``, filtered."""
    app, model = label.split(".")
    return reverse(f"admin:{app}_{model}_changelist", query=filters or None)


def link(path: str, title: Words = "") -> Callable[[Any], str]:
    """A column that leads to a related row; ``path`` such as ``line__order`` must be in ``list_select_related``."""

    @column(title or column_words(path))
    def show(row: Any) -> str:
        target: Any = row
        for part in path.split("__"):
            target = getattr(target, part, None)
        return anchor(target) if target is not None else "–"

    return named(path, show)


def anchor(row: models.Model, text: str = "") -> SafeString:
    """A link to the row's page."""
    return format_html('<a class="desk-link" href="{}">{}</a>', url_of(row), text or str(row))


def anchors(rows: Iterable[models.Model]) -> SafeString:
    """Links to the rows' pages."""
    return format_html_join(SafeString(", "), "{}", ((anchor(row),) for row in rows)) or SafeString("–")


def address(value: dict[str, Any] | None) -> SafeString:
    """A postal address as its country writes it, and its phone."""
    if not value:
        return SafeString("–")
    lines = [*lines_of(value), phone_shown(value.get("phone", ""), country=value.get("country", ""))]
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines if line))
