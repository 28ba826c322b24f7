"""``manage.py export_customer``: all that is held about one person, as JSON on standard output or in a file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.kernel.actor import SYSTEM
from orders.models import Customer
from orders.services.export import export_customer


class Command(BaseCommand):
    help = "Write everything that is held about one customer as one JSON document. That it was asked for is noted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", help="mail address, or number of the customer")
        parser.add_argument("--output", metavar="FILE", help="write here instead of to standard output")

    def handle(self, *_args: Any, customer: str, output: str | None, **_options: Any) -> None:
        if output and Path(output).exists():
            raise CommandError(f"{output} is there already; name another file.")
        chunks = export_customer(_customer(customer).pk, by=SYSTEM)
        if output is None:
            for chunk in chunks:
                self.stdout.write(chunk, ending="")
            return
        with Path(output).open("x") as file:
            file.writelines(chunks)
        sys.stderr.write(f"{output}\n")


def _customer(named: str) -> Customer:
    """By mail address or number; a merged one is told with whom it is now."""
    way = {"pk": int(named)} if named.isdecimal() else {"email": named.strip().lower()}
    found = Customer.objects.select_related("merged_into").filter(**way).first()
    if found is None:
        raise CommandError("No customer has this mail address or number.")
    return found.merged_into or found
