"""What bookkeepers take from a list of papers as they filtered it: sums per rate, a CSV file, the PDFs in a ZIP."""

import zipfile
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orders.admin.action_pages import way
from orders.admin.chips import money
from orders.admin.export import download
from orders.exports.cells import shortest
from orders.exports.rows import Cell
from orders.kernel.documents import Formats
from orders.kernel.errors import DomainError
from orders.kernel.money import rounded
from orders.models import CreditNote, Invoice
from orders.paper_selectors import sums_by_rate, with_taxes
from orders.services.file_paper import open_paper
from orders.services.job import fail_job, finish_job

RIGHT = "orders.export_invoice"
MOST_IN_A_ZIP = 500
_PERIOD = ("issued_on_from", "issued_on_to")
_HEAD = ("number", "issued_on", "series", "order", "buyer", "buyer_vat_id", "country", "currency")
_RATE_HEAD = ("tax_category", "tax_rate", "net", "tax", "gross")


class PaperExports:
    """Gives the list of a paper's ModelAdmin its sums and its two downloads."""

    model: Any
    admin_site: Any
    list_before_template = "admin/orders/paper_sums.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        page = response.context_data if isinstance(response, TemplateResponse) else None
        if page and "cl" in page:
            page["has_period"] = any(request.GET.get(name) for name in _PERIOD)
            page["sums"] = self._sums(page["cl"].queryset) if page["has_period"] else []
        return response

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("export.csv", self.admin_site.admin_view(self.export_csv), name=self._view("csv")),
            path("export.zip", self.admin_site.admin_view(self.export_zip), name=self._view("zip")),
        ]
        return own + super().get_urls()  # type: ignore[misc, no-any-return]

    def export_csv(self, request: HttpRequest) -> StreamingHttpResponse:
        """One row for each paper and rate; credit notes in minus, so that columns may be summed."""
        rows = self._rows(self._papers(request))
        job = self.opened_export(request, format="csv", is_streamed=True, is_personal=True)  # type: ignore[attr-defined]
        return download(job, (*_HEAD, *_RATE_HEAD), rows)

    def export_zip(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """The PDFs as they were issued; too many at once are refused, and so is a file that can't be read."""
        papers = list(self._papers(request).select_related("order__channel")[: MOST_IN_A_ZIP + 1])
        if len(papers) > MOST_IN_A_ZIP:
            return self._back(request, _("More than %(n)s papers: narrow the period.") % {"n": MOST_IN_A_ZIP})
        job = self.opened_export(request, format="zip", is_streamed=True, is_personal=True)  # type: ignore[attr-defined]
        packed = TemporaryFile()  # noqa: SIM115 - the response closes it
        try:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
                for paper in papers:
                    archive.writestr(f"{paper.number}.pdf", open_paper(paper))
        except DomainError as refusal:
            packed.close()
            why = f"{paper.number}: {refusal.detail}"
            fail_job(job.pk, lease=None, error=why)
            return self._back(request, why)
        finish_job(job.pk, lease=None, done=len(papers), report={"papers": len(papers)})
        packed.seek(0)
        return FileResponse(packed, as_attachment=True, filename=job.file_name)

    def _papers(self, request: HttpRequest) -> Any:
        """The rows of the list with its filters and its search, all pages of it."""
        may_see = self.has_view_permission(request)  # type: ignore[attr-defined]
        if not (may_see and request.user.has_perm(RIGHT)):
            raise PermissionDenied
        return self.get_changelist_instance(request).get_queryset(request)  # type: ignore[attr-defined]

    def _rows(self, papers: Any) -> Iterator[tuple[Cell, ...]]:
        sign = 1 if self.model is Invoice else -1
        for paper in with_taxes(papers):
            about = _about(paper)
            for tax in paper.taxes.all():
                amounts = [sign * amount for amount in (tax.net, tax.tax, tax.net + tax.tax)]
                rate = (tax.category, shortest(tax.tax_rate))
                yield (*about, *rate, *(rounded(amount, paper.currency) for amount in amounts))

    def _sums(self, papers: Any) -> list[dict[str, Any]]:
        formats = Formats(get_language() or "en")
        return [
            {
                "currency": row.currency,
                "rate": formats.percent(row.rate),
                "category": row.category,
                **{part: money(getattr(row, part), row.currency) for part in ("net", "tax", "gross")},
            }
            for row in sums_by_rate(papers)
        ]

    def list_ways(self, request: HttpRequest) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().list_ways(request)  # type: ignore[misc]
        user: Any = request.user
        return [*ways, *self._downloads(request)] if user.has_perm(RIGHT) else ways

    def _downloads(self, request: HttpRequest) -> list[dict[str, Any]]:
        filters = f"?{request.GET.urlencode()}" if request.GET else ""
        csv_url, zip_url = (reverse(f"{self.admin_site.name}:{self._view(kind)}") for kind in ("csv", "zip"))
        return [
            way(_("Taxes as CSV"), f"{csv_url}{filters}", icon="table_view"),
            way(_("Download the PDFs"), f"{zip_url}{filters}", icon="folder_zip"),
        ]

    def _back(self, request: HttpRequest, why: str) -> HttpResponseRedirect:
        messages.error(request, why)
        url = reverse(f"{self.admin_site.name}:{self._view('changelist')}")
        return HttpResponseRedirect(f"{url}?{request.GET.urlencode()}")

    def _view(self, view: str) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}_{view}"


def _about(paper: Invoice | CreditNote) -> tuple[str, ...]:
    buyer = paper.snapshot.get("buyer", {})
    return (
        paper.number,
        paper.issued_on.isoformat(),
        paper.series.code,
        paper.order.number,
        buyer.get("company") or buyer.get("name") or "",
        buyer.get("vat_id", ""),
        paper.country,
        paper.currency,
    )
