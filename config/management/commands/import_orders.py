"""``manage.py import_orders FILE --format shopify-orders``: orders made elsewhere become history, or work."""

import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from config.imports.command import ImportCommand, tax_rates
from config.imports.formats import Options


class Command(ImportCommand):
    help = "Record orders made elsewhere as history: no stock, no payment is moved. See docs/import.md."
    subject = "orders"

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--channel",
            type=_code,
            help="code of the channel and partner the orders belong to; made, in the file's currency, when new "
            "(default: shopify, online-retail, or what the file says)",
        )
        parser.add_argument(
            "--open",
            action="store_true",
            help="orders that are paid and haven't left become work: they are placed here",
        )
        parser.add_argument(
            "--shipping-method",
            default="",
            metavar="CODE",
            help="of open orders whose own shipping method isn't known here",
        )

    def options_of(self, options: dict[str, Any]) -> Options:
        return Options(
            channel=options["channel"] or "",
            is_open_taken=options["open"],
            shipping_method=options["shipping_method"],
            tax_rates=tax_rates(options["tax_rate"]),
        )


def _code(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", text):
        raise ArgumentTypeError("a channel's code is up to 32 small letters, digits, - and _")
    return text
