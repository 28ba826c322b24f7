"""`manage.py services start|stop|status|reset`: the embedded PostgreSQL and Valkey of this project folder."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.embedded import folders
from config.embedded.errors import EmbeddedError
from config.embedded.servers import Server, servers


class Command(BaseCommand):
    help = "Start, stop, look at or erase the embedded PostgreSQL and Valkey."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status", "reset"])
        parser.add_argument("--yes", "--noinput", action="store_true", help="reset: erase the data without asking")

    def handle(self, *_args: Any, action: str, yes: bool, **_options: Any) -> None:
        found = servers()
        if not found:
            raise CommandError(
                "DATABASE_URL and REDIS_URL are set (or this is production): there is nothing embedded here"
            )
        if action == "reset" and not yes:
            self._ask(found)
        try:
            for server in found:
                getattr(self, f"_{action}")(server)
        except EmbeddedError as error:
            raise CommandError(str(error)) from error

    def _start(self, server: Server) -> None:
        self._say(server, "started" if server.start() else "was already running")

    def _stop(self, server: Server) -> None:
        self._say(server, "stopped" if server.stop() else "wasn't running")

    def _reset(self, server: Server) -> None:
        server.erase()
        self._say(server, f"erased {server.folder}")

    def _status(self, server: Server) -> None:
        pid = server.pid()
        self._say(server, f"{server.version()}, " + ("stopped" if pid is None else f"running, pid {pid}"))
        self.stdout.write(f"            socket {server.socket}")
        self.stdout.write(f"            data   {server.folder} ({folders.size(server.folder) / 1e6:.1f} MB)")
        if not server.folder.is_relative_to(settings.VAR_DIR):
            self.stdout.write("            (not in var/: root runs PostgreSQL as a user who can't reach this project)")

    def _say(self, server: Server, words: str) -> None:
        self.stdout.write(f"{server.name:<11} {words}")

    def _ask(self, found: list[Server]) -> None:
        places = ", ".join(str(server.folder) for server in found)
        if not sys.stdin.isatty():
            raise CommandError(f"this erases {places}: add --yes")
        if input(f"Erase {places}? Type yes: ") != "yes":
            raise CommandError("nothing was erased")
