"""How the house is doing, in numbers: for `/healthz/deep`, which judges them, and `/metrics`, which shows them."""

from dataclasses import dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from config.celery import QUEUES, queue_name
from config.tasks import seconds_since_heartbeat
from orders.models.outbox import Notification
from orders.models.timeline import OrderEvent
from orders.states import NotificationStatus


@dataclass(frozen=True)
class Figure:
    """One number, what it says, and from where on it means that something is wrong (None: never by itself)."""

    name: str
    says: str
    value: float | None
    limit: float | None = None
    queue: str = ""

    @property
    def is_bad(self) -> bool:
        return self.limit is not None and (self.value is None or self.value > self.limit)


def figures() -> list[Figure]:
    """All of them; a value of None means that it couldn't be had."""
    return [*_of_the_outbox(), *_of_the_queues()]


def _of_the_outbox() -> list[Figure]:
    waiting = Q(status__in=[NotificationStatus.PENDING, NotificationStatus.LEASED], due_at__lte=Now())
    owed = Notification.objects.filter(waiting).aggregate(count=Count("pk"), oldest=Min("due_at"))
    unfed = OrderEvent.objects.filter(feed_position=None).aggregate(oldest=Min("occurred_at"))
    return [
        Figure("notifications_due", "messages that are owed and due", owed["count"]),
        Figure("notifications_lag_seconds", "how long the oldest has been due", _age(owed["oldest"]), 300),
        Figure("feed_lag_seconds", "age of the oldest event not yet in the feed", _age(unfed["oldest"]), 60),
    ]


def _of_the_queues() -> list[Figure]:
    limit = 60  # seconds
    try:
        server = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=1)
        depths = {queue: float(server.llen(queue_name(queue))) for queue in QUEUES}
        last = seconds_since_heartbeat()
    except redis.RedisError:
        return [Figure("last_tick_seconds", "since beat, broker and worker last worked together", None, limit)]
    return [
        Figure("last_tick_seconds", "since beat, broker and worker last worked together", last, limit),
        *(Figure("queue_depth", "rings that no worker has taken yet", depths[queue], 1000, queue) for queue in QUEUES),
    ]


def _age(instant: datetime | None) -> float:
    return 0.0 if instant is None else max(0.0, (timezone.now() - instant).total_seconds())
