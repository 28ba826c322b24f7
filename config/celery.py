"""Celery: the alarm clock. What is owed is rows in PostgreSQL; a lost message here costs seconds, never a parcel.

QUEUES is the one table: a ring (after a commit) and the beat's tick send the same tasks, each of which claims its
due rows itself. So tasks carry no arguments, may run twice, and may be thrown away when nobody took them in time.
"""

import os
import time

import structlog
from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging
from kombu import Queue
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

from django.conf import settings

from config.embedded.servers import start_if_needed
from config.settings.stores import broker

# queue -> {task that works off what is due: seconds between the beat's ticks}
QUEUES: dict[str, dict[str, float]] = {
    "notify": {"orders.tasks.send_notifications": 5, "orders.tasks.file_papers": 10},
    "webhook": {},
    "carrier": {"shipping.tasks.buy_labels": 5, "shipping.tasks.void_labels": 30},
    "payment": {"orders.tasks.settle_due_payments": 5, "orders.tasks.read_gateway_notices": 5},
    "jobs": {"config.tasks.work_off_jobs": 10},
    "tick": {
        "config.tasks.heartbeat": 5,
        "orders.tasks.relay_feed": 2,
        "orders.tasks.release_holds": 60,
        "orders.tasks.expire_orders": 60,
        "orders.tasks.remind_customers": 300,
        "orders.tasks.watch_holds": 300,
        "orders.tasks.escalate_exceptions": 60,
        "orders.tasks.expire_links": 60,
        "orders.tasks.renew_payments": 600,
        "orders.tasks.reconcile": 300,
        "orders.tasks.end_drafts": 30,
        "orders.tasks.ask_for_calls": 60,
        "orders.tasks.deliver_digital_goods": 60,
        "orders.tasks.follow_due_preorders": 60,
        "warehouse.tasks.fill_waiting_backorders": 30,
        "warehouse.tasks.source_missing_units": 30,
        "warehouse.tasks.end_unanswered_substitutes": 30,
        "warehouse.tasks.release_due_waves": 60,
        "warehouse.tasks.follow_supplies": 60,
        "warehouse.tasks.watch_suppliers": 600,
        "warehouse.tasks.propose_for_shelves": 3600,
        "orders.tasks.forget_idempotency_keys": 3600,
        "orders.tasks.finish_due_erasures": 3600,
        "config.tasks.forget_job_files": 3600,
        "returns.tasks.expire_returns": 3600,
        "returns.tasks.chase_returns": 3600,
    },
}
# Seconds that a request may lose to a broker that is gone, or hangs; then no ring is tried for a while.
HASTY = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5, "max_retries": 0}
SILENCE = 1.0
# Worker and beat have nothing better to do than wait for it.
PATIENT = {"socket_connect_timeout": 5, "socket_timeout": 30, "max_retries": None}
STALE = 60  # seconds after which a message that nobody took is thrown away: the next tick says the same

log = structlog.get_logger(__name__)


def queue_name(queue: str) -> str:
    """A queue's name at the broker: tests and demo share one server, not their queues."""
    return f"{settings.QUEUE_PREFIX}.{queue}"


app = Celery("oms", broker=broker(settings.REDIS_URL))
app.conf.update(
    task_queues=[Queue(queue_name(queue), routing_key=queue_name(queue)) for queue in QUEUES],
    task_default_queue=queue_name("tick"),
    task_routes={task: {"queue": queue_name(queue)} for queue, tasks in QUEUES.items() for task in tasks},
    beat_schedule={
        task: {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 5)}}
        for tasks in QUEUES.values()
        for task, seconds in tasks.items()
    },
    beat_scheduler="celery.beat:Scheduler",  # in memory: every tick is short, so there is nothing to remember
    beat_max_loop_interval=5,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry=False,
    task_soft_time_limit=60,
    task_time_limit=90,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=10,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    broker_connection_timeout=HASTY["socket_connect_timeout"],
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        **HASTY,
        "visibility_timeout": 180,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    },
    timezone="UTC",
)
app.autodiscover_tasks()

_silent_until = 0.0


def ring(queue: str) -> None:
    """Wake the workers of a queue; when the broker is gone say so in the log, and leave it to the beat."""
    global _silent_until  # noqa: PLW0603 (per process: one failure is enough to know)
    if time.monotonic() < _silent_until:
        return
    try:
        for task, seconds in QUEUES[queue].items():
            if seconds <= STALE:  # what is looked at now and then isn't what somebody rings for
                app.send_task(task, expires=STALE, ignore_result=True)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE
        log.warning("broker_unreachable", queue=queue, error=str(error))


@celeryd_init.connect
@beat_init.connect
def become_worker(**_: object) -> None:
    """Worker and beat find the embedded servers running, like everybody else, and outlast a broker's restart."""
    start_if_needed()
    app.conf.broker_connection_timeout = PATIENT["socket_connect_timeout"]
    app.conf.broker_transport_options |= PATIENT


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery leaves logging alone when somebody listens here: Django's settings have set it up."""
