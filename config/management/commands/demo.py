"""`manage.py demo`: servers, a living shop, web, worker, beat and a mailbox, until Ctrl-C."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.demo import report
from config.demo.build import Shop, build
from config.demo.fresh import forget_everything, somebody_else_is_connected
from config.demo.programs import is_free, programs, site_url
from config.embedded.errors import EmbeddedError
from config.embedded.folders import make_var
from config.embedded.locks import exclusive
from config.embedded.servers import servers, start_if_needed
from config.supervisor import Supervisor


class Command(BaseCommand):
    help = "Open a demo shop on this machine: one command, everything included."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where the shop listens, on 127.0.0.1")
        parser.add_argument("--orders", type=int, default=0, metavar="N", help="place N more orders, real baskets")
        parser.add_argument("--fresh", action="store_true", help="forget the last demo's orders, mails and queues")

    def handle(self, *_args: Any, port: int, orders: int, fresh: bool, **_options: Any) -> None:
        if settings.MAIL_DIR is None:
            raise CommandError("the demo has no place in production")
        make_var(settings.VAR_DIR)
        _on_signals(signal.default_int_handler)  # until the supervisor takes over
        lock = exclusive(settings.VAR_DIR / "demo.lock", patience=0, busy="a demo runs here already: var/demo.json")
        try:
            with lock, self._servers():
                if not is_free(port):
                    raise CommandError(f"port {port} is taken; choose another one with --port")
                shop = self._build(fresh=fresh, orders=orders)
                self._run(shop, port)
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            pass
        self.stdout.write("Stopped.")

    @contextmanager
    def _servers(self) -> Iterator[None]:
        """The embedded servers; what we started we stop, unless somebody else has come to use it."""
        self.stdout.write("Servers ...")
        started = start_if_needed()
        try:
            yield
        finally:
            _on_signals(signal.SIG_IGN)
            if started and not (settings.EMBEDDED_POSTGRES and somebody_else_is_connected()):
                for server in servers():
                    if server.name in started:
                        server.stop()

    def _build(self, *, fresh: bool, orders: int) -> Shop:
        if fresh:
            self._forget()
        self.stdout.write("Tables ...")
        call_command("migrate", verbosity=0)
        self.stdout.write("Shop ...")
        shop = build(orders=orders, tell=self.stdout.write)
        connections.close_all()
        return shop

    def _forget(self) -> None:
        if not (settings.EMBEDDED_POSTGRES and settings.EMBEDDED_VALKEY):
            raise CommandError("--fresh erases embedded servers only; with the URLs set, empty them yourself")
        forget_everything()

    def _run(self, shop: Shop, port: int) -> None:
        url, folder = site_url(port), settings.VAR_DIR
        latest: dict[str, int] = {}
        is_open = False

        def changed(pids: dict[str, int]) -> None:
            latest.update(pids)
            latest.update({server.name: pid for server in servers() if (pid := server.pid())})
            report.write(folder / "demo.json", url=url, shop=shop, pids=latest)

        def watch() -> None:
            nonlocal is_open
            if start_if_needed():
                changed({})
            if not is_open and _answers(url):
                is_open = True
                self.stdout.write(report.words(url=url, shop=shop, log=_log_file()))

        self.stdout.write("Web, worker, beat, mail ...")
        assert settings.MAIL_DIR is not None
        Supervisor(programs(port=port, mail_dir=settings.MAIL_DIR), _log(), on_change=changed, watch=watch).run()


def _on_signals(handler: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz/ready", timeout=1) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _log_file() -> Path:
    return settings.VAR_DIR / "log" / "demo.log"


def _log() -> logging.Logger:
    """The one file that everything writes to, with the program's name in front of each line."""
    _log_file().parent.mkdir(exist_ok=True)
    handler = RotatingFileHandler(_log_file(), maxBytes=10_000_000, backupCount=3)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("demo")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
    return log
