"""The roof's own task: a sign of life from beat, broker and worker together."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT = "heartbeat"


@shared_task
def heartbeat() -> None:
    """Write down when the last tick was worked off; `/healthz/deep` reads it."""
    cache.set(HEARTBEAT, time.time(), timeout=None)


def seconds_since_heartbeat() -> float | None:
    """How long ago that was; None when there has been none."""
    last = cache.get(HEARTBEAT)
    return None if last is None else max(0.0, time.time() - last)
