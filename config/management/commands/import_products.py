"""``manage.py import_products FILE --format shopify-products --currency EUR``: a shop's catalogue becomes ours."""

from typing import Any

from django.core.management.base import CommandParser

from config.imports.command import ImportCommand, tax_rates
from config.imports.formats import Options


class Command(ImportCommand):
    help = "Make products, and change those that are there, as a file says. See docs/import.md."
    subject = "products"

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--currency", default="", help="what the prices are in, where the file doesn't say it")
        parser.add_argument(
            "--stock", default="", metavar="WAREHOUSE", help="book the file's stock as this warehouse's opening stock"
        )

    def options_of(self, options: dict[str, Any]) -> Options:
        return Options(
            currency=options["currency"], tax_rates=tax_rates(options["tax_rate"]), warehouse=options["stock"]
        )
