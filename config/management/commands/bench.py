"""`manage.py bench`: what orders cost, as ratios measured on one database, and how good plans are."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.bench import batch, exporting, hot, pages, place, report, routes, source, waves
from config.bench.house import House, house
from config.bench.plain_sql import NoPgbench
from config.bench.scratch import Occupied
from config.bench.web import DidNotStart

CLIENTS = (1, 8, 16)
SECONDS, QUICK_SECONDS = 10, 2
ORDERS, QUICK_ORDERS = 100_000, 10_000
MOST_SECONDS, MOST_ORDERS = 600, 1_000_000
# What is measured on paper, without a database.
PLANS: dict[str, Any] = {"waves": waves, "routes": routes}


class Command(BaseCommand):
    help = "Measure the house beside plain SQL, in a database of its own that is dropped again. See docs/benchmarks.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["place", "hot", "list", "batch", "source", "export", *PLANS])
        parser.add_argument("--clients", type=_numbers, default=CLIENTS, help="how many at once (default: 1,8,16)")
        parser.add_argument("--seconds", type=int, help=f"of each measurement (default: {SECONDS})")
        parser.add_argument("--orders", type=int, help=f"list, export: how many there are (default: {ORDERS:,})")
        parser.add_argument("--quick", action="store_true", help=f"{QUICK_SECONDS} seconds, {QUICK_ORDERS:,} orders")
        parser.add_argument("--json", action="store_true", help="print the result as one last line of JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["what"] in PLANS:
            self._plan(PLANS[options["what"]], as_json=options["json"])
            return
        quick = options["quick"]
        seconds = options["seconds"] or (QUICK_SECONDS if quick else SECONDS)
        orders = options["orders"] or (QUICK_ORDERS if quick else ORDERS)
        if not (1 <= seconds <= MOST_SECONDS and 1 <= orders <= MOST_ORDERS):
            raise CommandError(f"at most {MOST_SECONDS} seconds and {MOST_ORDERS:,} orders")
        try:
            with house() as ready:
                rows, told = self._measure(ready, options["what"], options["clients"], seconds, orders)
        except (Occupied, NoPgbench, DidNotStart) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(["", *told]))
        if options["json"]:
            figures = exporting.as_json(rows) if options["what"] == "export" else report.as_json(rows)
            self.stdout.write(json.dumps(figures))
        if not all(row.is_sound for row in rows):
            raise CommandError("some answers were not what they must be; see above")

    def _plan(self, plans: Any, *, as_json: bool) -> None:
        rows = plans.measure(say=self._say)
        self.stdout.write("\n".join(["", *plans.told(rows)]))
        if as_json:
            self.stdout.write(json.dumps([asdict(row) | {"is_sound": row.is_sound} for row in rows]))
        if not all(row.is_sound for row in rows):
            raise CommandError("some plans were not as good as they must be; see above")

    def _measure(
        self, ready: House, what: str, clients: Sequence[int], seconds: int, orders: int
    ) -> tuple[list[Any], list[str]]:
        if what == "hot":
            fought = hot.measure(ready, say=self._say)
            return fought, report.fights(fought)
        if what == "export":
            exported = exporting.measure(ready, orders=orders, say=self._say)
            return exported, report.exports(exported)
        if what == "batch":
            batched = batch.measure(ready, say=self._say)
            return batched, report.batches(batched)
        if what == "source":
            decided = source.measure(ready, say=self._say)
            return decided, report.sourced(decided)
        if what == "list":
            paged = pages.measure(ready, orders=orders, clients=clients, seconds=seconds, say=self._say)
            return paged, report.pages(paged)
        placed = place.measure(ready, clients=clients, seconds=seconds, say=self._say)
        return placed, report.placements(placed)

    def _say(self, words: str) -> None:
        """What is going on, for those who wait."""
        self.stderr.write(f"{words} ...")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))
