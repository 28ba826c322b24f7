"""The web server under test: granian with two workers and the settings of production, on the scratch database."""

import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from config.bench.scratch import Scratch
from config.demo.programs import site_url, web_command
from config.supervisor import stop_with_parent

_PATIENCE = 60.0  # seconds until it must answer, and until it must have stopped


class DidNotStart(Exception):
    """The web server ended, or never answered; its log says why."""


@dataclass(frozen=True, kw_only=True)
class Web:
    """A running server: where it listens, and its first process."""

    port: int
    pid: int


def production(scratch: Scratch, *, port: int, folder: Path) -> dict[str, str]:
    """The environment of a production that is reached without TLS, on this machine only."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": site_url(port),
        "SECURE_SSL_REDIRECT": "0",
        "DATABASE_URL": scratch.database_url,
        "REDIS_URL": scratch.redis_url,
        "DEFAULT_FROM_EMAIL": "bench@example.com",
        "EMAIL_URL": "dummymail://",
        "STATIC_ROOT": str(folder),
        "PAYMENT_GATEWAYS": "manual,sandbox",
    }


@contextmanager
def serving(environment: Mapping[str, str], *, port: int, log: Path) -> Iterator[Web]:
    """Start it, wait until it answers, and stop it in the end. Raises ``DidNotStart``."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            web_command(port),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=stop_with_parent,  # noqa: PLW1509 (safe: there is only one thread here)
        )
        try:
            _wait(process, port, log)
            yield Web(port=port, pid=process.pid)
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart(f"the web server doesn't answer:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
