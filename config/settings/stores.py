"""Addresses of PostgreSQL and Valkey: from the URLs of the environment, or the embedded servers' sockets."""

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from config.embedded.paths import DATABASE, PORT, SUPERUSER, Layout

# A request or task that waits longer than this is broken; migrations and long commands lift it.
IMPATIENT = "-c statement_timeout=5000 -c lock_timeout=2000"


def embedded_database(layout: Layout) -> dict[str, Any]:
    """Django's settings for the embedded PostgreSQL."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": SUPERUSER,
        "HOST": str(layout.postgres_socket),
        "PORT": str(PORT),
    }


def with_options(database: dict[str, Any]) -> dict[str, Any]:
    """What every connection has, wherever the database is; options of the URL stay."""
    options = {"connect_timeout": 5, "application_name": "oms", **database.get("OPTIONS", {})}
    options["options"] = f"{IMPATIENT} {options.get('options', '')}".strip()
    return {**database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def embedded_redis(layout: Layout) -> str:
    """The URL of the embedded Valkey, as redis-py and Django's cache take it."""
    return f"unix://{layout.valkey_socket}?db=0"


def numbered(redis_url: str, step: int) -> str:
    """The same server, `step` database numbers further."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        number = int(parts.query.removeprefix("db=") or 0)
        return f"unix://{parts.path}?db={number + step}"
    number = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{number + step}"))


def broker(redis_url: str) -> str:
    """The same server as Celery takes it."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    query = urlencode({"virtual_host": parts.query.removeprefix("db=") or "0"})
    return f"redis+socket://{parts.path}?{query}"


def cache(redis_url: str) -> dict[str, Any]:
    """Django's cache beside the broker: one number further, and quick to say that the server is gone."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": numbered(redis_url, 1),
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 1},
    }
