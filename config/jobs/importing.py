"""An import that a worker does: the file that somebody uploaded, in the format that they named."""

import csv
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.imports.engine import Report, carry_out
from config.imports.formats import Options, importer
from config.imports.rejects import rejects_file
from config.imports.source import UnreadableFile
from config.jobs.files import keep, on_disk
from config.jobs.heartbeat import kept
from orders.errors import NotImportable
from orders.kernel.actor import Actor, ActorKind
from orders.models import Job
from orders.services.job import finish_job


def run_import(job: Job) -> None:
    """Import the file. Raises ``NotImportable`` when it isn't what it was said to be; what is in stays in."""
    try:
        with on_disk(job.file, job.file_name) as path, tempfile.TemporaryDirectory() as folder:
            rejects = Path(folder) / "rejects.csv"
            report = _import(job, path, rejects)
            with rejects.open("rb") as file:
                kept_as = keep(file, rejects.name) if report.rejected else ""
    except FileNotFoundError as error:
        raise NotImportable("The uploaded file is gone; upload it again.") from error
    except (UnreadableFile, csv.Error) as error:
        raise NotImportable(str(error)) from error
    told = {**report.as_json(), **report.details(), "outcome": report.outcome(is_rehearsal=_is_rehearsal(job))}
    finish_job(job.pk, lease=job.lease_token, done=report.rows, report=told, rejects_file=kept_as)


def _import(job: Job, path: Path, rejects: Path) -> Report:
    by = Actor(kind=ActorKind.STAFF, name=job.requested_by, id=job.user_id)
    wanted = importer(job.subject, job.format, path, options_of(job.options), by=by, is_rehearsal=_is_rehearsal(job))
    report, seen, total = Report(noun=wanted.noun), 0, 0

    def advance(rows: int) -> None:
        nonlocal seen
        seen += rows

    with kept(job, lambda: (report.rows, total)):
        wanted.survey(advance)
        total = seen
        with rejects_file(rejects) as rejected:
            for report in carry_out(wanted, rejected, lambda _rows: None):  # noqa: B007 - the last one is whole
                pass
    return report


def options_of(told: dict[str, Any]) -> Options:
    """What was said beside the file, as the job keeps it."""
    rates = {name: Decimal(rate) for name, rate in told.get("tax_rates", {}).items()}
    return Options(
        channel=told.get("channel", ""),
        is_open_taken=told.get("open", False),
        shipping_method=told.get("shipping_method", ""),
        currency=told.get("currency", ""),
        tax_rates=rates,
        warehouse=told.get("stock", ""),
    )


def _is_rehearsal(job: Job) -> bool:
    return bool(job.options.get("dry_run"))
