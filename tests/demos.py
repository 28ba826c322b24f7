"""A demo of its own: the real command, in a folder and on a port that nobody else uses."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

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
        self.environment = {**ambient, "OMS_VAR_DIR": str(var)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(self.port), *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
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


def forget(var: Path) -> None:
    """Stop and erase what a demo left in its folder."""
    for server in (Postgres(Layout(var)), Valkey(Layout(var))):
        server.erase()
