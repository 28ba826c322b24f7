"""The roof's own tasks: a sign of life from beat, broker and worker together; imports and exports."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT = "heartbeat"
LONGEST_JOB = 6 * 3600  # seconds


@shared_task
def heartbeat() -> None:
    """Write down when the last tick was worked off; `/healthz/deep` reads it."""
    cache.set(HEARTBEAT, time.time(), timeout=None)


@shared_task(soft_time_limit=LONGEST_JOB - 60, time_limit=LONGEST_JOB)
def work_off_jobs() -> int:
    """Import and export what waits. However long it takes: the job's lease says that somebody is at it."""
    from config.jobs.run import run_jobs

    return run_jobs()


@shared_task
def forget_job_files() -> int:
    """Delete the files that jobs had a week ago."""
    from config.jobs.files import forget_old_files

    return forget_old_files()


def seconds_since_heartbeat() -> float | None:
    """How long ago that was; None when there has been none."""
    last = cache.get(HEARTBEAT)
    return None if last is None else max(0.0, time.time() - last)
