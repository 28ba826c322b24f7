"""One measurement of the API: clients call for some seconds, and the operating system says what it cost."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from config.bench.cpu import NotVisible, cpu_seconds
from config.bench.web import Web


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the clients do: for ``seconds`` after ``warmup``, or ``attempts`` times in all.

    With ``order`` (what all orders have in common) they place orders of ``lines`` among ``products`` (numbers of the
    first and last SKU), ``batch`` of them to a request (0: each in its own); else they read ``paths``.
    """

    clients: int
    seconds: float = 0.0
    warmup: float = 0.0
    attempts: int = 0
    order: dict[str, Any] | None = None
    lines: int = 0
    batch: int = 0
    products: tuple[int, int] = (1, 1)
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Load:
    """What was seen. CPU is in milliseconds per answer; ``database_ms`` is None when the server is out of sight."""

    answers: dict[str, int]
    per_second: float
    p50: float
    p95: float
    web_ms: float
    database_ms: float | None
    client_ms: float

    @property
    def cpu_ms(self) -> float | None:
        """Web and database together."""
        return None if self.database_ms is None else self.web_ms + self.database_ms


def run(plan: Plan, *, web: Web, key: str, postmaster: int | None) -> Load:
    """Let a program of its own call, and read the CPU meters at the start and at the end of what counts."""
    given = {name: value for name, value in asdict(plan).items() if value is not None}
    with subprocess.Popen(
        [sys.executable, "-m", "config.bench.client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as client:
        try:
            assert client.stdin is not None
            assert client.stdout is not None
            client.stdin.write(json.dumps({**given, "port": web.port, "key": key}).encode())
            client.stdin.close()
            client.stdout.readline()
            before = _meters(web, postmaster)
            told = client.stdout.readline()
            after = _meters(web, postmaster)
        except BaseException:
            client.kill()
            raise
    if not told:
        raise RuntimeError("the load generator failed; its words stand above")
    seen = json.loads(told)
    answers = sum(seen["answers"].values()) or 1
    web_ms, database_ms = (
        None if now is None or then is None else (now - then) * 1000 / answers
        for now, then in zip(after, before, strict=True)
    )
    return Load(
        answers=seen["answers"],
        per_second=answers / seen["seconds"],
        p50=seen["p50"],
        p95=seen["p95"],
        web_ms=web_ms or 0.0,
        database_ms=database_ms,
        client_ms=seen["cpu_seconds"] * 1000 / answers,
    )


def _meters(web: Web, postmaster: int | None) -> tuple[float | None, float | None]:
    return _meter(web.pid), None if postmaster is None else _meter(postmaster)


def _meter(pid: int) -> float | None:
    try:
        return cpu_seconds(pid)
    except NotVisible:
        return None
