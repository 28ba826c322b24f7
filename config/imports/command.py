"""What ``import_orders`` and ``import_products`` have in common: options, bars, rejects, the report."""

import json
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.imports.engine import Importer, Report, carry_out
from config.imports.formats import FORMATS, Options, importer
from config.imports.products import STANDARD
from config.imports.progress import Progress
from config.imports.rejects import Rejects, rejects_file
from config.imports.source import UnreadableFile
from config.patience import unhurried
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.errors import DomainError


class ImportCommand(BaseCommand):
    """A command that imports a file of one subject."""

    subject: ClassVar[str]
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        codes = [each.code for each in FORMATS if each.subject == self.subject]
        parser.add_argument("file", type=Path, metavar="FILE", help="plain or gzipped")
        parser.add_argument("--format", required=True, choices=codes, help="what the columns mean")
        parser.add_argument(
            "--tax-rate",
            action="append",
            type=_rate,
            default=[],
            metavar="[CLASS=]RATE",
            help="the tax rate where the file names none, such as 0.19, or that of a tax class; may be repeated",
        )
        parser.add_argument("--rejects", type=Path, metavar="PATH", help="write the rejected lines to this CSV")
        parser.add_argument("--dry-run", action="store_true", help="do everything, then roll it back")
        parser.add_argument("--json", action="store_true", help="print the result as one last line of JSON")
        self.add_own_arguments(parser)

    def add_own_arguments(self, parser: CommandParser) -> None:
        """Options of this subject."""

    def options_of(self, options: dict[str, Any]) -> Options:
        """What was said beside the file."""
        raise NotImplementedError

    def handle(self, *_args: Any, **options: Any) -> None:
        file, rejects = options["file"], options["rejects"]
        if rejects and rejects.resolve() == file.resolve():
            raise CommandError("--rejects names the imported file itself.")
        by = Actor(kind=ActorKind.SYSTEM, name=f"import_{self.subject}")
        try:
            with unhurried():
                wanted = importer(
                    self.subject,
                    options["format"],
                    file,
                    self.options_of(options),
                    by=by,
                    is_rehearsal=options["dry_run"],
                )
                report = self._import(wanted, file, rejects=rejects, is_rehearsal=options["dry_run"])
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except DomainError as error:
            raise CommandError(error.detail) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))

    def _import(self, wanted: Importer, file: Path, *, rejects: Path | None, is_rehearsal: bool) -> Report:
        started = time.monotonic()
        report = Report(noun=wanted.noun)
        with Progress(unit="lines", stream=sys.stderr) as progress:
            lines = wanted.survey(progress.advance)
        with self._rejects(rejects) as rejected, Progress(lines, unit="lines", stream=sys.stderr) as progress:
            for report in carry_out(wanted, rejected, progress.advance):  # noqa: B007 - the last one is whole
                pass
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{file.name}: {report.rows:,} lines in {seconds:.1f} s, {report.rows / seconds:,.0f} lines/s\n\n"
        )
        self.stdout.write("\n".join(list(wanted.table()) or report.table()))
        self.stdout.write(f"\n{report.outcome(is_rehearsal=is_rehearsal)}")
        return report

    @contextmanager
    def _rejects(self, path: Path | None) -> Iterator[Rejects]:
        try:
            with rejects_file(path) as rejects:
                yield rejects
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error


def tax_rates(given: list[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """The rates by tax class."""
    return dict(given)


def _rate(text: str) -> tuple[str, Decimal]:
    tax_class, _equals, number = text.rpartition("=")
    try:
        rate = Decimal(number)
    except InvalidOperation:
        rate = Decimal(-1)
    if not 0 <= rate < 1:
        raise ArgumentTypeError("a tax rate is a fraction such as 0.19, or CLASS=0.07")
    return tax_class.casefold() or STANDARD, rate
