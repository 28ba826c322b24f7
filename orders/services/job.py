"""Imports and exports as jobs: a row that says what is wanted, worked off by lease, kept as the record of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from orders.errors import JobLost
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import ring, work
from orders.models import Job
from orders.states import JobKind, JobStatus

BELL = "jobs"
LEASE = timedelta(minutes=2)  # many times what a batch takes
_ATTEMPTS = 3


def open_job(
    kind: JobKind,
    *,
    subject: str,
    format: str,
    options: Mapping[str, Any],
    request: Mapping[str, Any] | None = None,
    file: str = "",
    file_name: str = "",
    is_streamed: bool = False,
    is_personal: bool = False,
    by: Actor,
) -> Job:
    """Write down that somebody wants a file in or out. A worker takes it, unless it ``is_streamed``: that one runs now.

    ``options`` are kept for ever and hold no personal data; ``request`` is forgotten when the job is over.
    """
    with work(by=by):
        job = Job(
            kind=kind,
            subject=subject,
            format=format,
            options=dict(options),
            request=dict(request or {}),
            file=file,
            file_name=file_name,
            is_streamed=is_streamed,
            is_personal=is_personal,
            requested_by=str(by),
            user_id=by.id,
        )
        if is_streamed:
            job.start()
        else:
            ring(BELL)
        job.save()
        return job


def claim_job() -> Job | None:
    """Lease the oldest job that waits, or whose worker is gone; by the database's clock.

    One that has ended three workers is given up.
    """
    waits = Q(status=JobStatus.QUEUED) | Q(status=JobStatus.RUNNING, leased_until__lt=Now())
    with work(by=SYSTEM):
        due = Job.objects.filter(waits, is_streamed=False).order_by("id")
        job = due.select_for_update(skip_locked=True, of=("self",)).first()
        if job is None:
            return None
        if job.attempts >= _ATTEMPTS:
            _end(job, error="Its worker stopped three times without finishing it.")
            return job
        if job.status == JobStatus.QUEUED:
            job.start()
        job.attempts += 1
        job.done, job.lease_token = 0, uuid4()
        job.save(update_fields=["status", "attempts", "done", "lease_token"])
        Job.objects.filter(pk=job.pk).update(leased_until=Now() + LEASE)
        return job


def keep_job(job_id: int, *, lease: UUID, done: int, total: int) -> None:
    """Say how far it is, and keep it for another while. Raises ``JobLost`` when somebody else has it by now."""
    with work(by=SYSTEM):
        held = Job.objects.filter(pk=job_id, lease_token=lease, status=JobStatus.RUNNING)
        if not held.update(leased_until=Now() + LEASE, done=done, total=total):
            raise JobLost("Another worker has taken this job over.")


def finish_job(
    job_id: int,
    *,
    lease: UUID | None,
    done: int,
    report: Mapping[str, Any],
    file: str | None = None,
    rejects_file: str = "",
) -> None:
    """All of it is done. A streamed job has no lease. Raises ``JobLost``."""
    with work(by=SYSTEM):
        job = _held(job_id, lease)
        job.done = job.total = done
        job.report, job.rejects_file = dict(report), rejects_file
        if file is not None:
            job.file = file
        job.finish()
        _close(job)


def fail_job(job_id: int, *, lease: UUID | None, error: str, done: int = 0) -> None:
    """It broke off, and ``error`` says why in a sentence for whoever wanted it. Raises ``JobLost``."""
    with work(by=SYSTEM):
        job = _held(job_id, lease)
        job.done = done
        _end(job, error=error)


def _held(job_id: int, lease: UUID | None) -> Job:
    held = Job.objects.select_for_update(of=("self",)).filter(pk=job_id, lease_token=lease, status=JobStatus.RUNNING)
    job = held.first()
    if job is None:
        raise JobLost("Another worker has taken this job over.")
    return job


def _end(job: Job, *, error: str) -> None:
    job.error = error[:2000]
    job.fail()
    _close(job)


def _close(job: Job) -> None:
    job.request = {}
    job.lease_token = job.leased_until = None
    job.finished_at = timezone.now()
    job.save()
