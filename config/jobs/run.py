"""Works off what waits: one job after the other, each by whoever has its lease."""

import structlog

from config.jobs.exporting import run_export
from config.jobs.importing import run_import
from config.patience import unhurried
from orders.errors import JobLost
from orders.kernel.errors import DomainError
from orders.models import Job
from orders.services.job import claim_job, fail_job
from orders.states import JobKind

log = structlog.get_logger(__name__)

RUN = {JobKind.EXPORT: run_export, JobKind.IMPORT: run_import}


def run_jobs(most: int = 10) -> int:
    """Take and finish jobs until none waits; returns how many were taken."""
    for done in range(most):
        job = claim_job()
        if job is None:
            return done
        if not job.is_over:
            _run(job)
    return most


def _run(job: Job) -> None:
    """What goes wrong in a way that we know is said to whoever wanted the job; everything else also goes to the log."""
    try:
        with unhurried():
            RUN[JobKind(job.kind)](job)
    except JobLost:
        log.warning("job.lost", job=job.public_id)
    except DomainError as refusal:
        _fail(job, refusal.detail)
    except Exception:
        log.exception("job.broke_off", job=job.public_id)
        _fail(job, "It broke off for a reason that nobody foresaw; the operators find it in the log.")


def _fail(job: Job, error: str) -> None:
    try:
        fail_job(job.pk, lease=job.lease_token, error=error, done=job.done)
    except JobLost:
        log.warning("job.lost", job=job.public_id)
