"""The demo from an empty folder: opens, comes back after kills, and is gone without a trace of a process.

The waits are generous: on an idle machine it opens in 15 seconds.
"""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from config.demo.programs import free_port
from config.embedded import processes
from config.embedded.paths import Layout
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey


class Demo:
    def __init__(self, var: Path, *arguments: str) -> None:
        self.port = free_port()
        self.file = var / "demo.json"
        self.url = f"http://127.0.0.1:{self.port}"
        ambient = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(self.port), *arguments],
            cwd=settings.BASE_DIR,
            env={**ambient, "OMS_VAR_DIR": str(var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def is_fine(self, *, patience: float) -> bool:
        return processes.wait_until(lambda: self.status("/healthz/deep") == 200, patience=patience)

    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text()))

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=60)[0]


@pytest.fixture
def emptied(var: Path) -> Iterator[Path]:
    yield var
    for server in (Postgres(Layout(var)), Valkey(Layout(var))):
        server.erase()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_opens_survives_and_stops(emptied: Path) -> None:
    demo = Demo(emptied)
    try:
        assert processes.wait_until(lambda: demo.status("/healthz/ready") == 200, patience=120)
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
        assert processes.wait_until(lambda: again.status("/healthz/ready") == 200, patience=120)
    finally:
        again.stop()
