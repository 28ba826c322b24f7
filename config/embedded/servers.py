"""The servers that these settings ask for, and starting them: nothing where a URL points elsewhere."""

from pathlib import Path
from typing import Protocol

from django.conf import settings

from config.embedded.errors import EmbeddedError
from config.embedded.paths import Layout
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey

__all__ = ["EmbeddedError", "Server", "servers", "start_if_needed"]


class Server(Protocol):
    """What `manage.py services` and the supervisor need from a server."""

    @property
    def name(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def socket(self) -> Path: ...
    def start(self) -> bool: ...
    def stop(self) -> bool: ...
    def erase(self) -> None: ...
    def is_up(self) -> bool: ...
    def pid(self) -> int | None: ...
    def version(self) -> str: ...


def servers() -> list[Server]:
    """The embedded servers of this environment: none in production, and none where a URL is set."""
    layout = Layout(settings.VAR_DIR)
    wanted: list[Server] = []
    if settings.EMBEDDED_POSTGRES:
        wanted.append(Postgres(layout))
    if settings.EMBEDDED_VALKEY:
        wanted.append(Valkey(layout))
    return wanted


def start_if_needed() -> list[str]:
    """Start what isn't running; the names of those that this call started."""
    return [server.name for server in servers() if server.start()]
