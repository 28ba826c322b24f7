"""``manage.py export orders|products``: our own files, which can be imported again; for operators and scripts."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import FieldError, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from config.exports import orders, products
from config.imports.progress import Progress
from orders.errors import NotExportable
from orders.exports.rows import reading
from orders.exports.writers import ndjson_pieces, table_pieces
from orders.kernel.actor import Actor, ActorKind
from orders.models import Order, Product
from orders.services.job import fail_job, finish_job, open_job
from orders.states import JobKind

BY = Actor(kind=ActorKind.SYSTEM, name="export")
SUBJECTS: dict[str, Any] = {"orders": Order, "products": Product}


class Command(BaseCommand):
    help = "Write orders or products into a file that can be imported again. See docs/import.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", choices=list(SUBJECTS))
        parser.add_argument("--format", choices=["csv", "ndjson", "xlsx"], default="csv")
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="only rows with this value; FIELD may end in __gte, __lt, __in, __startswith and the like, and lead "
            "on, as in channel__code=web; may be repeated",
        )
        parser.add_argument("--output", type=Path, metavar="PATH", help="the file; without it, standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        subject, format = options["subject"], options["format"]
        if format == "xlsx" and options["output"] is None:
            raise CommandError("A workbook needs a file: say --output.")
        rows = narrowed(SUBJECTS[subject].objects.all(), options["filter"])
        rows = orders.exportable(rows) if subject == "orders" else products.exportable(rows)
        job = open_job(
            JobKind.EXPORT,
            subject=subject,
            format=format,
            options={"filters": sorted(each.partition("=")[0] for each in options["filter"])},
            is_streamed=True,
            is_personal=subject == "orders",
            by=BY,
        )
        try:
            with reading(), Progress(rows.count(), unit=subject, stream=sys.stderr) as progress:
                counted = _Counted(progress)
                with self._target(options["output"]) as target:
                    for piece in _pieces(subject, format, rows, counted):
                        target.write(piece)
        except (NotExportable, OSError) as error:
            said = error.detail if isinstance(error, NotExportable) else f"{options['output']}: {error.strerror}"
            fail_job(job.pk, lease=None, error=said)
            raise CommandError(said) from error
        except BaseException:
            fail_job(job.pk, lease=None, error="The export broke off.")
            raise
        finish_job(job.pk, lease=None, done=counted.n, report={"rows": counted.n})
        self.stderr.write(f"{counted.n:,} {'lines' if subject == 'orders' and format != 'ndjson' else subject}")

    @contextmanager
    def _target(self, path: Path | None) -> Iterator[IO[bytes]]:
        if path is None:
            yield self.stdout._out.buffer if hasattr(self.stdout._out, "buffer") else sys.stdout.buffer
            return
        with path.open("wb") as file:
            yield file


class _Counted:
    """Counts what passes, and moves the bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.n = 0

    def __call__(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.n += 1
            self._progress.advance(1)
            yield row


def narrowed(rows: QuerySet[Any], filters: Iterable[str]) -> QuerySet[Any]:
    """The rows that fit every ``FIELD=VALUE``. Raises CommandError, naming the one that can't be."""
    for given in filters:
        field, equals, value = given.partition("=")
        if not equals:
            raise CommandError(f"--filter {given}: say FIELD=VALUE.")
        wanted: Any = value.split(",") if field.endswith("__in") else value
        if field.endswith("__isnull") or value in {"true", "false"}:
            wanted = value == "true"
        try:
            rows = rows.filter(**{field: wanted})
        except (FieldError, ValidationError, ValueError, TypeError) as error:
            raise CommandError(f"--filter {given}: there is no such field, or it can't hold that value.") from error
    return rows


def _pieces(subject: str, format: str, rows: QuerySet[Any], counted: _Counted) -> Iterator[bytes]:
    is_orders = subject == "orders"
    if format == "ndjson":
        objects = orders.order_objects(rows) if is_orders else products.product_objects(rows)
        return ndjson_pieces(counted(objects))
    names = orders.NAMES if is_orders else products.NAMES
    table = orders.order_rows(rows) if is_orders else products.product_rows(rows)
    return table_pieces(format, names, counted(table), title=subject)
