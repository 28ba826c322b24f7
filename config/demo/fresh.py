"""Starting the demo from nothing: its own database, broker numbers and mails go; the tests' stay."""

import shutil

import psycopg
import redis
from django.conf import settings
from django.db import connection
from psycopg import sql

from config.settings.stores import numbered


def forget_everything() -> None:
    """Empty the embedded database and queues. Only ever called for the embedded servers."""
    name = sql.Identifier(settings.DATABASES["default"]["NAME"])
    connection.close()
    with _maintenance() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    for step in (0, 1):
        redis.Redis.from_url(numbered(settings.REDIS_URL, step)).flushdb()
    if settings.MAIL_DIR is not None:
        shutil.rmtree(settings.MAIL_DIR, ignore_errors=True)


def somebody_else_is_connected() -> bool:
    """Whether another program (a test run, a shell) uses the embedded database now."""
    connection.close()
    with _maintenance() as server:
        others = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        return server.execute(others).fetchone() is not None


def _maintenance() -> psycopg.Connection:
    database = settings.DATABASES["default"]
    return psycopg.connect(
        host=database["HOST"], port=database["PORT"], user=database["USER"], dbname="postgres", autocommit=True
    )
