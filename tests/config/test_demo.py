"""The demo from an empty folder: opens, comes back after kills, and is gone without a trace of a process.

The waits are generous: on an idle machine it opens in 15 seconds.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import processes
from tests.demos import Demo, forget


@pytest.fixture
def emptied(var: Path) -> Iterator[Path]:
    yield var
    forget(var)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_opens_survives_and_stops(emptied: Path) -> None:
    demo = Demo(emptied)
    try:
        assert processes.wait_until(lambda: demo.status("/healthz/ready") == 200, patience=180)
        told = demo.told()
        assert (told["url"], told["mailbox"]) == (demo.url, f"{demo.url}/mailbox/")
        assert set(told["staff"]["picker"]) >= {"username", "password"}
        assert set(told["pids"]) == {"web", "worker", "beat", "mail", "postgresql", "valkey"}
        assert demo.is_fine(patience=60)
        assert demo.status("/admin/login/") == 200
        assert demo.status("/mailbox/?format=json") == 200

        for name in ("postgresql", "valkey", "worker", "web"):
            os.kill(told["pids"][name], signal.SIGKILL)
        killed = {told["pids"][name] for name in ("postgresql", "valkey", "worker", "web")}
        assert processes.wait_until(lambda: not killed & set(demo.told()["pids"].values()), patience=90)
        assert demo.is_fine(patience=60)

        second = Demo(emptied)
        assert "a demo runs here already" in second.process.communicate(timeout=60)[0]
    finally:
        said = demo.stop()
    assert demo.url in said
    assert said.endswith("Stopped.\n")
    for pid in {*told["pids"].values(), *demo.told()["pids"].values()}:
        assert not processes.is_running(pid)

    again = Demo(emptied, "--fresh")
    try:
        assert processes.wait_until(lambda: again.status("/healthz/ready") == 200, patience=180)
    finally:
        again.stop()
