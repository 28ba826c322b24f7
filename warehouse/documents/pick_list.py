"""The pick list on paper: the walk through the bins, for a picker without a handheld."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.kernel.documents import Formats, barcode_svg, render_pdf


@dataclass(frozen=True, kw_only=True)
class PickListTask:
    """Take `quantity` of one product out of one bin; `into` is the tote, or the order that has none yet."""

    bin: str
    sku: str
    name: str
    quantity: int
    into: str = ""


@dataclass(frozen=True, kw_only=True)
class PickListPaper:
    """What is on a pick list; `tasks` in walk order, `released_at` in the warehouse's time zone."""

    number: str
    language: str
    warehouse: str
    released_at: datetime
    orders: tuple[str, ...]
    tasks: tuple[PickListTask, ...]
    picker: str = ""
    kind: str = ""
    metres: int | None = None


def render_pick_list(paper: PickListPaper) -> bytes:
    """The pick list as PDF/A-3b; list number as Code 128, bins and SKUs as DataMatrix."""
    formats = Formats(paper.language)
    with override(paper.language):
        facts = {
            _("Warehouse"): paper.warehouse,
            _("Released"): formats.moment(paper.released_at),
            _("Picker"): paper.picker,
            _("Bins"): formats.number(len({task.bin for task in paper.tasks})),
            _("Units"): formats.number(sum(task.quantity for task in paper.tasks)),
            _("Kind"): paper.kind,
            _("Metres"): "" if paper.metres is None else formats.number(paper.metres),
            _("Orders"): ", ".join(paper.orders),
        }
        data = {
            "language": paper.language,
            "title": _("Pick list"),
            "number": paper.number,
            "barcode": barcode_svg(paper.number, "Code128"),
            "facts": [(label, fact) for label, fact in facts.items() if fact],
            "head": [_("Bin"), _("Item"), _("Quantity"), _("Tote")],
            "has_totes": any(task.into for task in paper.tasks),
            "tasks": [_task_data(task, formats) for task in paper.tasks],
            "page": _("Page {page} of {pages}"),
        }
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=paper.released_at.date())


def _task_data(task: PickListTask, formats: Formats) -> dict[str, str]:
    return {
        "bin": task.bin,
        "bin_barcode": barcode_svg(task.bin, "DataMatrix"),
        "sku": task.sku,
        "sku_barcode": barcode_svg(task.sku, "DataMatrix"),
        "name": task.name,
        "quantity": formats.number(task.quantity),
        "into": task.into,
    }
