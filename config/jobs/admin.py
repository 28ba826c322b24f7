"""Imports and exports in the back office: the list of jobs, their files, and the page that takes a file in."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter

from config.jobs.files import keep, open_file
from config.jobs.upload import UploadForm
from orders.admin.action_pages import actor, way
from orders.admin.chips import chip, column
from orders.admin.filters import SeveralFilter
from orders.admin.records import RecordAdmin
from orders.exports.writers import CONTENT_TYPES
from orders.models import Job
from orders.services.job import open_job
from orders.states import JobKind, JobStatus

FIGURES = ("rows", "lines", "accepted", "rejected", "created", "updated", "unchanged", "amount")


@admin.register(Job)
class JobAdmin(RecordAdmin):
    """Who took what in or out. Its files are for who may do the same."""

    list_display: ClassVar[Any] = (
        "public_id",
        chip("kind"),
        "subject",
        "format",
        chip("status"),
        "progress",
        "requested_by",
        "created_at",
        "finished_at",
    )
    list_filter: ClassVar[Any] = ("kind", ("status", SeveralFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact", "requested_by__exact", "subject__exact")
    search_help_text = gettext_lazy("Job id, who wanted it, or what it holds")
    hidden: ClassVar[tuple[str, ...]] = ("request", "file", "rejects_file", "user", "lease_token")
    fields: ClassVar[Any] = (
        ("kind", "subject", "format"),
        ("status", "progress"),
        "files",
        "error",
        "outcome",
        "figures",
        "what_was_said",
        ("requested_by", "created_at", "finished_at"),
        "file_name",
    )

    @column(gettext_lazy("rows"))
    def progress(self, job: Job) -> str:
        if job.total and not job.is_over:
            return f"{job.done:,} / {job.total:,} ({job.done * 100 // job.total} %)"
        return f"{job.done:,}"

    @column(gettext_lazy("files"))
    def files(self, job: Job) -> SafeString:
        found = []
        if job.kind == JobKind.EXPORT and job.file and job.status == JobStatus.DONE:
            found.append((reverse("admin:orders_job_file", args=[job.pk]), job.file_name))
        if job.rejects_file:
            found.append((reverse("admin:orders_job_rejects", args=[job.pk]), _("Rejected lines (CSV)")))
        return format_html_join(SafeString("<br>"), '<a class="desk-link" href="{}">{}</a>', found) or SafeString("–")

    @column(gettext_lazy("outcome"))
    def outcome(self, job: Job) -> str:
        return str(job.report.get("outcome", "–"))

    @column(gettext_lazy("figures"))
    def figures(self, job: Job) -> SafeString:
        parts = [(name, job.report[name]) for name in FIGURES if name in job.report]
        for name in ("rules", "counts"):
            parts += list(job.report.get(name, {}).items())
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", parts)) if parts else SafeString("–")

    @column(gettext_lazy("options"))
    def what_was_said(self, job: Job) -> str:
        told = {**job.options, **{f"tax_rate {name}": rate for name, rate in job.options.get("tax_rates", {}).items()}}
        told.pop("tax_rates", None)
        return ", ".join(f"{name}={value}" for name, value in sorted(told.items())) or "–"

    def list_ways(self, request: HttpRequest) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().list_ways(request)
        button = way(_("Import"), reverse("admin:orders_job_import"), icon="upload")
        return [button, *ways] if _may_import(request) else ways

    # --- pages

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_view), name="orders_job_import"),
            path("<path:object_id>/file/", wrap(self.file_view), name="orders_job_file"),
            path("<path:object_id>/rejects/", wrap(self.rejects_view), name="orders_job_rejects"),
            *super().get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file, look at its beginning, and leave the rest to a worker."""
        if not (_may_import(request) and self.has_view_permission(request)):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None, target=None, user=request.user)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            subject, _dot, code = form.cleaned_data["format"].partition(".")
            job = open_job(
                JobKind.IMPORT,
                subject=subject,
                format=code,
                options=form.told(),
                file=keep(file, file.name),
                file_name=str(file.name)[:255],
                is_personal=subject == "orders",
                by=actor(request),
            )
            messages.success(request, _("The file is here, and a worker takes it. This page tells how far it is."))
            return HttpResponseRedirect(reverse("admin:orders_job_change", args=[job.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import"),
            "form": form,
            "opts": self.opts,
            "back": reverse("admin:orders_job_changelist"),
        }
        return TemplateResponse(request, "admin/import.html", context)

    def file_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """The file that an export made."""
        job = self._for(request, object_id)
        if job.kind != JobKind.EXPORT or job.status != JobStatus.DONE:
            raise Http404
        return _answer(job.file, job.file_name, CONTENT_TYPES.get(job.format, "application/octet-stream"))

    def rejects_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """The lines that an import rejected."""
        job = self._for(request, object_id)
        return _answer(job.rejects_file, f"{job.public_id}-rejects.csv", CONTENT_TYPES["csv"])

    def _for(self, request: HttpRequest, object_id: str) -> Job:
        """The job, if the user has the right to its files."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = self.get_object(request, object_id)
        if not isinstance(job, Job):
            raise Http404
        if not request.user.has_perm(_right(job)):
            raise PermissionDenied
        return job


def _right(job: Job) -> str:
    if job.kind == JobKind.IMPORT:
        return "orders.import_data"
    return "orders.export_personal_data" if job.is_personal else "orders.export_records"


def _may_import(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.has_perm("orders.import_data"))


def _answer(name: str, called: str, content_type: str) -> FileResponse:
    try:
        file = open_file(name) if name else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise Http404
    answer = FileResponse(file, as_attachment=True, filename=called, content_type=content_type)
    answer["Cache-Control"] = "no-store"
    return answer
