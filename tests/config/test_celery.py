"""A dead or hanging broker costs a request a blink, and never an error."""

import re
import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery

from config import celery as roof


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Point the app at another broker."""

    def point(url: str) -> None:
        other = Celery("elsewhere", broker=url, set_as_current=False)
        other.conf.update(roof.app.conf.changes, broker_url=url)
        monkeypatch.setattr(roof, "app", other)
        monkeypatch.setattr(roof, "_silent_until", 0.0)

    yield point


def blinks(queue: str = "tick") -> float:
    started = time.monotonic()
    roof.ring(queue)
    return time.monotonic() - started


def test_broker_that_is_gone(at) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    at(f"redis://127.0.0.1:{port}/0")
    roof.app.amqp  # noqa: B018 (imports what the first use imports)
    assert blinks() < 1.0
    assert blinks() < 0.01, "after a failure it is left alone for a while"


def test_broker_socket_that_is_gone(at) -> None:
    at("redis+socket:///nowhere/valkey.sock?virtual_host=0")
    assert blinks() < 0.5


def test_broker_that_hangs(at) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(8)
        at(f"redis://127.0.0.1:{mute.getsockname()[1]}/0")
        assert blinks() < 2.0


def test_unknown_queue_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        roof.ring("no such queue")


def test_every_task_of_the_table_exists() -> None:
    roof.app.loader.import_default_modules()
    named = {task for tasks in roof.QUEUES.values() for task in tasks}
    assert named <= set(roof.app.tasks)


def test_queues_of_tests_are_not_the_demos() -> None:
    assert re.fullmatch(r"test[0-9]\.notify", roof.queue_name("notify"))
    assert int(str(roof.app.conf.broker_url).rpartition("virtual_host=")[2]) >= 4
