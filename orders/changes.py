"""What a change of an order comes to: the facts that people see, before and after, and how they differ.

Pure functions of rows; used by ``orders.services.change`` and by whoever shows a change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orders.change_requests import TYPES, ChangeAction
from orders.events import LineQuantity
from orders.kernel.event import plain
from orders.kernel.money import text
from orders.models import Order, OrderLine

# What is said of a line, and what of the order; in the order in which people read it.
OF_LINES = ("quantity", "unit_price", "discount", "promised_on")
OF_ORDERS = ("shipping_address", "billing_address", "email", "phone", "shipping_method", "shipping", "tax", "total")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """An order at one moment: ``order`` by name, ``lines`` by public id and name, ``names`` of the lines' products."""

    order: Mapping[str, Any]
    lines: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, tuple[str, str]]

    def diff(self, later: "Facts") -> list[dict[str, Any]]:
        """What is different ``later``: ``[{"what", "line", "sku", "name", "before", "after"}]``, lines first."""
        found = []
        for line, after in later.lines.items():
            before = self.lines.get(line, {})
            sku, name = later.names[line]
            found += [
                {"what": what, "line": line, "sku": sku, "name": name, "before": before.get(what), "after": after[what]}
                for what in OF_LINES
                if before.get(what) != after[what] and _says_more(what, before)
            ]
        found += [
            {"what": what, "line": "", "sku": "", "name": "", "before": self.order[what], "after": later.order[what]}
            for what in OF_ORDERS
            if self.order[what] != later.order[what]
        ]
        return found


def _says_more(what: str, before: Mapping[str, Any]) -> bool:
    """Of a line that is new its quantity says that it is."""
    return bool(before) or what == "quantity"


def facts_of(order: Order, lines: Sequence[OrderLine]) -> Facts:
    """The order now; amounts and dates as text, addresses as they are kept."""
    money = {"shipping": order.shipping_total, "tax": order.tax_total, "total": order.total}
    return Facts(
        order={
            "shipping_address": order.shipping_address,
            "billing_address": order.billing_address,
            "email": order.email,
            "phone": order.phone,
            "shipping_method": order.shipping_method.name if order.shipping_method else "",
            **{name: text(amount, order.currency) for name, amount in money.items()},
        },
        lines={line.public_id: _facts_of_line(line, order.currency) for line in lines},
        names={line.public_id: (line.sku, line.name) for line in lines},
    )


def _facts_of_line(line: OrderLine, currency: str) -> dict[str, Any]:
    return {
        "quantity": line.active,
        "unit_price": text(line.unit_price, currency),
        "discount": text(line.unit_price * line.active - line.amount, currency),
        "promised_on": plain(line.promised_on),
    }


def told_units(diff: Sequence[Mapping[str, Any]]) -> tuple[LineQuantity, ...]:
    """The lines whose quantity is different, with what it is now."""
    return tuple(
        LineQuantity(line=entry["line"], sku=entry["sku"], quantity=entry["after"])
        for entry in diff
        if entry["what"] == "quantity"
    )


def as_asked(actions: Sequence[ChangeAction]) -> list[dict[str, Any]]:
    """The actions as JSON keeps them; their type is their class's name in the API's spelling."""
    return [{"type": TYPES[type(action)], **plain(action)} for action in actions]
