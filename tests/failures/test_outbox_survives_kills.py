"""A worker killed with -9 in the middle of sending loses no message and invents none.

Real everything: PostgreSQL, Valkey, Celery's worker, SMTP. The journal is the sink's folder, which holds each
mail on disk before the worker hears that it was taken.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app
from config.embedded.processes import wait_until
from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.mailer import mail_id
from orders.models import Notification, Order
from orders.services.notify import owe_message
from tests.factories.orders import OrderFactory

MESSAGES, KILLS = 60, 3
PREFIX = f"kills-{os.getpid()}"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    port, folder = free_port(), tmp_path / "mail"
    process = subprocess.Popen(
        [sys.executable, "-m", "config.mailbox.sink", str(port), str(folder)], cwd=settings.BASE_DIR
    )
    assert wait_until(lambda: _listens(port), patience=20)
    yield port, folder
    process.kill()
    process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_worker(port: int) -> subprocess.Popen[bytes]:
    """A real Celery worker with two processes, in a group of its own."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.failures.worker_settings",
        "OMS_TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "OMS_TEST_SMTP_PORT": str(port),
        "OMS_TEST_QUEUE_PREFIX": PREFIX,
    }
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-c", "2", "-l", "error"]
    command += ["-Q", f"{PREFIX}.notify", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)


def ring() -> None:
    """What beat does every few seconds."""
    app.send_task("orders.tasks.send_notifications", queue=f"{PREFIX}.notify", expires=10, ignore_result=True)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """kill -9, the whole group: nobody gets to clean up."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def owe_messages() -> list[Order]:
    orders = [OrderFactory(email=f"ada{i}@example.com", language="en") for i in range(MESSAGES)]
    for order in orders:
        with work(by=SYSTEM):
            owe_message(order_id=order.pk, template="orders/mail/confirmed")
    return orders


def unsent() -> int:
    return Notification.objects.exclude(status="sent").count()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_killed_workers_lose_nothing_and_invent_nothing(sink: tuple[int, Path]) -> None:
    port, folder = sink
    owe_messages()
    expected = {mail_id(message) for message in Notification.objects.all()}
    chance = random.Random(7)
    kills_in_the_middle = 0
    worker = start_worker(port)
    deadline = time.monotonic() + 150
    try:
        for _ in range(KILLS):
            before = unsent()
            while unsent() == before and before and time.monotonic() < deadline:
                ring()
                time.sleep(0.05)
            time.sleep(chance.uniform(0, 0.15))
            kill(worker)
            kills_in_the_middle += 0 < unsent() < MESSAGES
            worker = start_worker(port)
        while unsent() and time.monotonic() < deadline:
            ring()
            time.sleep(0.3)
    finally:
        kill(worker)

    arrived = Counter(message_from_bytes(file.read_bytes())["Message-ID"] for file in folder.glob("*.eml"))
    assert unsent() == 0
    assert set(arrived) == expected
    assert len(expected) == MESSAGES
    assert kills_in_the_middle >= 1, "no kill landed while messages were going out: the test proved nothing"
    assert sum(arrived.values()) - MESSAGES <= 2 * KILLS, "at most the mails in flight go out twice"
