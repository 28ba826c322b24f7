"""A database and two broker numbers that belong to the benchmark alone: made, used, and gone again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.errors import ObjectInUse
from redis import Redis

from config.patience import unhurried
from config.settings.stores import numbered

NAME = "bench_oms"
_FURTHER = 2  # the tests have 4 and more


class Occupied(Exception):
    """What the benchmark wants for itself is in use."""


@dataclass(frozen=True, kw_only=True)
class Scratch:
    """Where a program finds the benchmark's own database and broker."""

    database_url: str
    redis_url: str


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Make the database, point this process's connection at it, and drop it in the end. Raises ``Occupied``."""
    redis_url = numbered(settings.REDIS_URL, _FURTHER)
    _expect_empty(redis_url)
    usual = connection.settings_dict["NAME"]
    _drop()
    _run(sql.SQL("CREATE DATABASE {}"))
    try:
        connection.close()
        connection.settings_dict["NAME"] = NAME
        call_command("migrate", verbosity=0)
        with unhurried():
            yield Scratch(database_url=_database_url(), redis_url=redis_url)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        _drop()
        for step in (0, 1):
            Redis.from_url(numbered(redis_url, step)).flushdb()


def _expect_empty(redis_url: str) -> None:
    for step in (0, 1):
        url = numbered(redis_url, step)
        if Redis.from_url(url).dbsize():
            raise Occupied(f"{url} is not empty: another benchmark runs, or it belongs to somebody else")


def _drop() -> None:
    """Without FORCE: a second benchmark must not pull the database from under the first one."""
    try:
        _run(sql.SQL("DROP DATABASE IF EXISTS {}"))
    except Exception as error:
        if isinstance(error.__cause__, ObjectInUse):
            raise Occupied(f"somebody is connected to the database {NAME}; does another benchmark run?") from error
        raise


def _run(statement: sql.SQL) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a busy disk takes its time to drop a gigabyte
        cursor.execute(statement.format(sql.Identifier(NAME)))


def _database_url() -> str:
    """DATABASE_URL with the other name, or the same said of the embedded server's socket."""
    if given := os.environ.get("DATABASE_URL"):
        parts = urlsplit(given)
        return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{NAME}").geturl()
    database = connection.settings_dict
    return f"postgres://{quote(database['USER'])}@:{database['PORT']}/{quote(database['HOST'])}/{NAME}"
