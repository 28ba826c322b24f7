"""Files of imports and exports don't stay: they name people, and their job's row says enough."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.models import Job
from orders.states import JobStatus

KEPT = timedelta(days=7)
_LONGEST_STREAM = timedelta(hours=1)
_AT_ONCE = 100


def forget_files(delete: Callable[[str], None]) -> int:
    """Delete the files of jobs that ended a week ago; returns how many jobs lost theirs.

    ``delete`` takes a name in the storage, and is fine with one that is gone. A stream that nobody finished within
    an hour has broken off: it is closed here.
    """
    with work(by=SYSTEM):
        torn = Job.objects.filter(
            is_streamed=True, status=JobStatus.RUNNING, created_at__lt=Now() - _LONGEST_STREAM
        ).select_for_update(skip_locked=True)
        for job in torn[:_AT_ONCE]:
            job.fail()
            job.error, job.request, job.finished_at = "The download broke off.", {}, timezone.now()
            job.save()
    ended = Job.objects.filter(files_deleted_at=None, finished_at__lt=Now() - KEPT).order_by("pk")
    over = list(ended[:_AT_ONCE])
    for job in over:
        for name in filter(None, (job.file, job.rejects_file)):
            delete(name)
        with work(by=SYSTEM):
            Job.objects.filter(pk=job.pk).update(files_deleted_at=Now(), file="", rejects_file="")
    return len(over)
