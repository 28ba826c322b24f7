"""The export of every list: a page that says what will be in the file, and the file, streamed or made by a worker."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from orders.admin.action_pages import actor, way
from orders.exports.columns import PERSONAL, Column, Wanted, columns_of
from orders.exports.rows import Cell, reading, rows_of
from orders.exports.writers import CONTENT_TYPES, table_pieces
from orders.models import Job
from orders.services.job import fail_job, finish_job, open_job
from orders.states import JobKind

FORMATS = ("csv", "xlsx")
MOST_AT_ONCE = 20_000  # rows that a request streams; more are a worker's
_SILENT = {"q", "p", "o", "e", "all", "_popup", "_to_field"}  # parts of a list's address that are no filters


class ExportPages:
    """Gives a ModelAdmin the export of its list, with the filters and the search that it has at the moment.

    ``exports`` says what a column made by a function holds, where that isn't a column of the table anyway.
    """

    exports: ClassVar[Mapping[str, tuple[Wanted, ...]]] = {}
    model: Any
    admin_site: Any

    def export_columns(self) -> tuple[Column, ...]:
        """What the file has: the list's columns, then the rest of the table."""
        from orders.admin.records import currency_of

        shown: list[Wanted] = []
        for each in self.list_display:  # type: ignore[attr-defined]
            name = each if isinstance(each, str) else each.__name__
            shown += self.exports.get(name, (name,))
        hidden = getattr(self, "hidden", ())
        return columns_of(self.model, shown, hidden=hidden, currency=currency_of(self.model))

    def is_personal(self) -> bool:
        """Whether the file names people."""
        return any(column.is_personal for column in self.export_columns())

    def may_export(self, request: HttpRequest) -> bool:
        """Who may see the list, and has the right to take it away."""
        user: Any = request.user
        right = "orders.export_personal_data" if self.is_personal() else "orders.export_records"
        return bool(self.has_view_permission(request) and user.has_perm(right))  # type: ignore[attr-defined]

    def listed(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows of the list as the address of the request narrows and orders it. Raises what a bad filter raises."""
        changes: ChangeList = self.get_changelist_instance(request)  # type: ignore[attr-defined]
        rows: QuerySet[Any] = changes.get_queryset(request)
        return rows.select_related(None).prefetch_related(None)

    # --- pages

    def list_ways(self, request: HttpRequest) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().list_ways(request)  # type: ignore[misc]
        if self.may_export(request):
            ways.append(way(_("Export"), f"{self._export_url()}?{request.GET.urlencode()}", icon="download"))
        return ways

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=self._url("export")), *super().get_urls()]  # type: ignore[misc]

    def export_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """GET says what the file will hold; POST makes it."""
        if not self.may_export(request):
            raise PermissionDenied
        here = f"{reverse(self._name('changelist'))}?{request.GET.urlencode()}"
        try:
            rows = self.listed(request)
            count = rows.order_by().values("pk")[: MOST_AT_ONCE + 1].count()
        except IncorrectLookupParameters:
            messages.error(request, _("The list can't be narrowed like that."))
            return HttpResponseRedirect(reverse(self._name("changelist")))
        format = request.POST.get("format", "")
        if request.method == "POST" and format in FORMATS:
            return self._export(request, rows, format=format, is_big=count > MOST_AT_ONCE)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export"),
            "opts": self.model._meta,
            "count": count,
            "most": MOST_AT_ONCE,
            "is_big": count > MOST_AT_ONCE,
            "is_personal": self.is_personal(),
            "is_narrowed": bool(told(request.GET.dict())),
            "columns": [column.name for column in self.export_columns()],
            "back": here,
            "here": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/export.html", context)

    def _export(
        self, request: HttpRequest, rows: QuerySet[Any], *, format: str, is_big: bool
    ) -> HttpResponse | StreamingHttpResponse:
        job = self.opened_export(request, format=format, is_streamed=not is_big, is_personal=self.is_personal())
        if is_big:
            messages.success(request, _("The file is being made. It will be here when it is done."))
            return HttpResponseRedirect(reverse(f"{self.admin_site.name}:orders_job_change", args=[job.pk]))
        columns = self.export_columns()
        return download(job, [column.name for column in columns], rows_of(rows, columns))

    def opened_export(self, request: HttpRequest, *, format: str, is_streamed: bool, is_personal: bool) -> Job:
        """It is written down that the list, as it is narrowed now, is taken away."""
        return open_job(
            JobKind.EXPORT,
            subject=self.model._meta.label_lower,
            format=format,
            options=told(request.GET.dict()),
            request={} if is_streamed else {"query": request.GET.urlencode()},
            file_name=f"{self.model._meta.model_name}-{timezone.localdate():%Y-%m-%d}.{format}",
            is_streamed=is_streamed,
            is_personal=is_personal,
            by=actor(request),
        )

    def _export_url(self) -> str:
        return reverse(self._name("export"))

    def _name(self, view: str) -> str:
        return f"{self.admin_site.name}:{self._url(view)}"

    def _url(self, view: str) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}_{view}"


class Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        self._rows = rows
        self.n = 0

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for row in self._rows:
            self.n += 1
            yield row


def download(job: Job, names: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> StreamingHttpResponse:
    """The table of a streamed job as the file that a browser keeps."""
    answer = StreamingHttpResponse(streamed(job, names, rows), content_type=CONTENT_TYPES[job.format])
    answer["Content-Disposition"] = f'attachment; filename="{job.file_name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def streamed(job: Job, names: Sequence[str], table: Iterable[tuple[Cell, ...]]) -> Iterator[bytes]:
    """The file of a streamed job; the job's row says in the end how many rows went out, or that it broke off."""
    rows = Counted(table)
    try:
        with reading():
            yield from table_pieces(job.format, names, rows, title=job.subject.rpartition(".")[2], marked=True)
    except BaseException:  # also GeneratorExit, when the browser is gone
        fail_job(job.pk, lease=None, error="The download broke off.", done=rows.n)
        raise
    finish_job(job.pk, lease=None, done=rows.n, report={"rows": rows.n})


def told(query: Mapping[str, str]) -> dict[str, Any]:
    """A list's filters as they may be kept: what was searched for, and filters by who somebody is, without values."""
    kept: dict[str, Any] = {}
    for name, value in sorted(query.items()):
        if name in _SILENT or not value:
            continue
        kept[name] = True if PERSONAL.intersection(name.split("__")) else value
    if query.get("q"):
        kept["searched"] = True
    return kept


def page_of(label: str) -> Any:
    """The list's page, by a label such as ``orders.order``; None when there is none that exports."""
    pages = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    page = pages.get(label)
    return page if isinstance(page, ExportPages) else None
