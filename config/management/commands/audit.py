"""``manage.py audit``: is everything true that must always be true? Exits with 1 when something isn't."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.audit import Verdict, checks, judge, snapshot
from config.imports.progress import Progress
from orders.kernel.audit import Check
from orders.kernel.event import plain


class Command(BaseCommand):
    help = "Check every invariant of the house in one snapshot, and name what breaks it. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", nargs="+", metavar="CHECK", help="run these checks only")
        parser.add_argument("--list", action="store_true", help="say what is checked, and check nothing")
        parser.add_argument("--most", type=int, default=20, help="how much to name per check (default: %(default)s)")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON document")

    def handle(self, *_args: Any, only: list[str] | None, most: int, **options: Any) -> None:
        chosen = _chosen(only)
        if options["list"]:
            self.stdout.write("\n".join(f"{check.name:<30} {check.says}" for check in chosen))
            return
        if most < 1:
            raise CommandError("--most: name at least one.")
        at = timezone.now()
        verdicts = self._judge(chosen, most=most, is_quiet=options["json"])
        wrong = [verdict for verdict in verdicts if not verdict.is_kept]
        if options["json"]:
            self.stdout.write(json.dumps({"at": plain(at), "ok": not wrong, "checks": [_told(v) for v in verdicts]}))
        if wrong:
            names = ", ".join(verdict.check.name for verdict in wrong)
            raise CommandError(f"{len(wrong)} of {len(verdicts)} invariants are broken: {names}")
        if not options["json"]:
            seconds = sum(verdict.seconds for verdict in verdicts)
            self.stdout.write(f"{len(verdicts)} invariants hold, checked in {seconds:.1f} s")

    def _judge(self, chosen: list[Check], *, most: int, is_quiet: bool) -> list[Verdict]:
        verdicts = []
        with snapshot(), Progress(len(chosen), unit="checks", stream=sys.stderr) as progress:
            for check in chosen:
                verdict = judge(check, most=most)
                verdicts.append(verdict)
                if not is_quiet:
                    self._say(verdict)
                progress.advance(1)
        return verdicts

    def _say(self, verdict: Verdict) -> None:
        check, found = verdict.check, verdict.found
        if verdict.is_kept:
            self.stdout.write(f"ok     {check.name:<30} {verdict.seconds:6.2f} s")
            return
        self.stdout.write(f"WRONG  {check.name:<30} {found.wrong:,} times. {check.says}")
        for finding in found.examples:
            facts = ", ".join(f"{name} {value}" for name, value in finding.facts.items())
            self.stdout.write(f"         {finding.subject}: {facts}")
        if found.wrong > len(found.examples):
            self.stdout.write(f"         and {found.wrong - len(found.examples):,} more")


def _chosen(only: list[str] | None) -> list[Check]:
    known = {check.name: check for check in checks()}
    unknown = sorted(set(only or ()) - known.keys())
    if unknown:
        raise CommandError(f"no such check: {', '.join(unknown)}. See --list.")
    return [known[name] for name in only] if only else list(known.values())


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.check.name,
        "says": verdict.check.says,
        "wrong": verdict.found.wrong,
        "seconds": round(verdict.seconds, 3),
        "examples": [{"subject": finding.subject, **plain(dict(finding.facts))} for finding in verdict.found.examples],
    }
