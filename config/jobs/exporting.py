"""An export that a worker makes: the list as whoever asked for it would see it, into a file of the storage."""

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict

from config.jobs.files import keep_pieces
from config.jobs.heartbeat import kept
from orders.admin.export import Counted, page_of
from orders.errors import NotExportable
from orders.exports.rows import reading, rows_of
from orders.exports.writers import table_pieces
from orders.models import Job
from orders.services.job import finish_job


def run_export(job: Job) -> None:
    """Make the file. Raises ``NotExportable`` when who asked may no longer have it."""
    page = page_of(job.subject)
    request = _as_asked(job)
    if page is None or not page.may_export(request):
        raise NotExportable("Whoever asked for it has no right to it any more.")
    columns = page.export_columns()
    try:
        listed = page.listed(request)
    except IncorrectLookupParameters as error:
        raise NotExportable("The list can't be narrowed like that any more.") from error
    rows = Counted(rows_of(listed, columns))
    names = [column.name for column in columns]
    with kept(job, lambda: (rows.n, 0)), reading():
        pieces = table_pieces(job.format, names, rows, title=page.model._meta.model_name, marked=True)
        file = keep_pieces(pieces, job.file_name)
    finish_job(job.pk, lease=job.lease_token, done=rows.n, report={"rows": rows.n}, file=file)


def _as_asked(job: Job) -> HttpRequest:
    """The request for the list, by the user who made it; nobody when that account is gone or may no longer sign in."""
    request = HttpRequest()
    request.method, request.GET = "GET", QueryDict(job.request.get("query", ""))
    user = User.objects.filter(pk=job.user_id or 0, is_active=True, is_staff=True).first()
    if user is None:
        raise NotExportable("Whoever asked for it can no longer sign in.")
    request.user = user
    return request
