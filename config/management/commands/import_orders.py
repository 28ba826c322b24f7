"""``manage.py import_orders FILE --format online-retail``: the history of another system becomes orders here."""

import json
import re
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.imports.progress import Progress
from config.imports.recorder import record_file, survey
from config.imports.rejects import Rejects, rejects_file
from config.imports.source import UnreadableFile
from config.imports.tally import Tally
from orders.history import Source
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.errors import DomainError

CURRENCY = "GBP"  # the Online Retail files are in pounds
DEFAULT_CHANNEL = "online-retail"
BY = Actor(kind=ActorKind.SYSTEM, name="import_orders")


class Command(BaseCommand):
    help = "Record orders made elsewhere as history: no mail, no stock, no payment is moved. See docs/import.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV, plain or gzipped")
        parser.add_argument("--format", required=True, choices=["online-retail"], help="what the columns mean")
        parser.add_argument(
            "--channel",
            type=_code,
            default=DEFAULT_CHANNEL,
            help=f"code of the channel and partner the orders belong to; made in {CURRENCY} when new "
            "(default: %(default)s)",
        )
        parser.add_argument("--rejects", type=Path, metavar="PATH", help="write the rejected lines to this CSV")
        parser.add_argument("--dry-run", action="store_true", help="do everything, then roll it back")
        parser.add_argument("--json", action="store_true", help="print the result as one last line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - the signature is Django's
        file, rejects = options["file"], options["rejects"]
        if rejects and rejects.resolve() == file.resolve():
            raise CommandError("--rejects names the imported file itself.")
        try:
            self._import(file, rejects=rejects, channel=options["channel"], is_rehearsal=options["dry_run"])
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(error.detail) from error
        if options["json"]:
            self.stdout.write(json.dumps(self._result()))

    def _import(self, file: Path, *, rejects: Path | None, channel: str, is_rehearsal: bool) -> None:
        now = timezone.now()
        started = time.monotonic()
        self.tally, self.created, self.unchanged = Tally(), 0, 0
        with Progress(unit="lines", stream=sys.stderr) as progress:
            lines, catalogue = survey(file, until=now, progress=progress)
        source = Source(code=channel, name=channel.replace("-", " ").capitalize(), currency=CURRENCY)
        batches = record_file(file, until=now, source=source, catalogue=catalogue, by=BY, rehearse=is_rehearsal)
        with self._rejects(rejects) as rejected, Progress(lines, unit="lines", stream=sys.stderr) as progress:
            for batch, recorded in batches:
                self.created += len(recorded.created)
                self.unchanged += len(recorded.unchanged)
                for judged in batch:
                    self.tally.add(judged)
                    rejected.write(judged.verdicts)
                progress.advance(sum(len(judged.verdicts) for judged in batch))
        self._summarise(file, seconds=time.monotonic() - started, is_rehearsal=is_rehearsal)

    @contextmanager
    def _rejects(self, path: Path | None) -> Iterator[Rejects]:
        try:
            with rejects_file(path) as rejects:
                yield rejects
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error

    def _summarise(self, file: Path, *, seconds: float, is_rehearsal: bool) -> None:
        lines = self.tally.accepted + self.tally.rejected
        self.stdout.write(f"{file.name}: {lines:,} lines in {seconds:.1f} s, {lines / seconds:,.0f} lines/s\n\n")
        self.stdout.write("\n".join(self.tally.table()))
        created = "would be created (dry run: nothing was written)" if is_rehearsal else "created"
        self.stdout.write(f"\n{self.created:,} orders {created}, {self.unchanged:,} were there before")

    def _result(self) -> dict[str, int | str]:
        return {
            "lines": self.tally.accepted + self.tally.rejected,
            "accepted": self.tally.accepted,
            "rejected": self.tally.rejected,
            "created": self.created,
            "amount": f"{self.tally.amount:f}",
        }


def _code(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", text):
        raise ArgumentTypeError("a channel's code is up to 32 small letters, digits, - and _")
    return text
