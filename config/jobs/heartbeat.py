"""Keeps a job's lease while it runs: from a thread with a connection of its own, for the job's may be in a snapshot."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError, connection

from orders.errors import JobLost
from orders.models import Job
from orders.services.job import keep_job

EVERY_S = 5.0

log = structlog.get_logger(__name__)


@contextmanager
def kept(job: Job, so_far: Callable[[], tuple[int, int]]) -> Iterator[None]:
    """Say every few seconds how far the job is (``so_far``: rows done, rows in all), which keeps its lease.

    Somebody who lost the lease learns it from ``finish_job``: imports may be repeated, and an export writes nothing.
    """
    lease = job.lease_token
    if lease is None:
        raise JobLost("This job was not claimed.")
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(EVERY_S):
                done, total = so_far()
                keep_job(job.pk, lease=lease, done=done, total=total)
        except (JobLost, DatabaseError) as error:
            log.warning("job.not_kept", job=job.public_id, error=type(error).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"keep-{job.public_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(EVERY_S)
