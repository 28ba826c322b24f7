"""What all benchmarks need: the scratch database with its shop, and the web server on it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from config.bench import load, plain_sql, shop, statements
from config.bench.cpu import NotVisible, postmaster_of
from config.bench.plain_sql import Floor
from config.bench.scratch import scratch
from config.bench.web import Web, production, serving
from config.demo.programs import free_port


@dataclass(frozen=True, kw_only=True)
class House:
    """Ready to be measured."""

    web: Web
    key: str
    environment: dict[str, str]
    postmaster: int | None

    def load(self, plan: load.Plan) -> load.Load:
        return load.run(plan, web=self.web, key=self.key, postmaster=self.postmaster)

    def floor(self, script: str, *, clients: int, seconds: int, **variables: int) -> Floor:
        return plain_sql.measure(script, clients=clients, seconds=seconds, postmaster=self.postmaster, **variables)

    def statements(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        request = {"method": method, "path": path, "key": self.key, "body": body}
        return statements.count([request], self.environment)[0]


@contextmanager
def house() -> Iterator[House]:
    """Build everything, and leave nothing behind. Raises ``Occupied``, ``NoPgbench`` and ``DidNotStart``."""
    plain_sql.pgbench()
    with scratch() as found, tempfile.TemporaryDirectory() as name:
        key = shop.build().key
        plain_sql.prepare("schema")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        port = free_port()
        folder = Path(name)
        environment = production(found, port=port, folder=folder)
        with serving(environment, port=port, log=folder / "web.log") as web:
            yield House(web=web, key=key, environment=environment, postmaster=_postmaster())


def _postmaster() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        try:
            return postmaster_of(cursor.fetchone()[0])
        except NotVisible:
            return None
