"""``manage.py reconcile_payments``: do our payments agree with their gateways' books? Exits with 1 when some don't."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from orders.kernel.actor import SYSTEM
from orders.kernel.event import plain
from orders.services.reconcile import RECENT, Compared, reconcile_payments


class Command(BaseCommand):
    help = "Compare every payment that isn't over, or has moved lately, with its gateway; book what was missed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_instant, help="also those that moved since then (default: for a week)")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON document")

    def handle(self, *_args: Any, since: datetime | None, **options: Any) -> None:
        compared = differing = silent = 0
        told: list[dict[str, Any]] = []
        for each in reconcile_payments(since=since or timezone.now() - RECENT, by=SYSTEM):
            compared += 1
            differing += bool(each.differences)
            silent += each.is_silent
            if each.differences or each.is_silent:
                told.append(plain(each))
                if not options["json"]:
                    self.stdout.write(_line(each))
        if options["json"]:
            agree = not differing and not silent
            self.stdout.write(json.dumps({"ok": agree, "compared": compared, "findings": told}))
        if differing or silent:
            raise CommandError(f"Of {compared} payments {differing} differ, and {silent} gave no answer.")
        if not options["json"]:
            self.stdout.write(f"{compared} payments agree with their gateways.")


def _line(each: Compared) -> str:
    found = "; ".join(str(difference) for difference in each.differences) or "no answer"
    return f"{each.order}  {each.payment}  {each.gateway}  {found}"


def _instant(text: str) -> datetime:
    """``2026-11-01`` or ``2026-11-01T08:00:00Z``; in UTC unless it says otherwise."""
    try:
        found = parse_datetime(text if "T" in text or " " in text else f"{text}T00:00:00")
    except ValueError as error:
        raise CommandError(f"--since: {error}.") from error
    if found is None:
        raise CommandError("--since: write it as 2026-11-01 or 2026-11-01T08:00:00Z.")
    return found if found.tzinfo else timezone.make_aware(found, timezone.get_default_timezone())
