"""What stands in the editor: the typed values of a draft or of a change, and what they were at first.

Cells of lines are posted as lists of equal length; ``base`` is what the page showed when it was opened, so that only
what somebody typed is asked for, and a page that was overtaken can be renewed around it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from orders.drafts import overrides_of
from orders.kernel.money import text
from orders.models import Draft, Order, OrderLine

ADDRESS = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone")
CELLS = ("line", "sku", "quantity", "unit_price", "price_reason", "line_discount")
TYPED = ("quantity", "unit_price", "line_discount")
PAYING = ("gift_card", "store_credit", "gateway", "token")
PLAIN = (
    *("customer_id", "email", "name", "phone", "language", "channel", "method", "shipping_price", "shipping_reason"),
    *("discount", "discount_reason", "note", "reserve_until", "call_back_at", "is_frozen", "bill_other", "notify"),
    *("send_link", *PAYING),
)
NAMES = (*PLAIN, *(f"ship_{part}" for part in ADDRESS), *(f"bill_{part}" for part in ADDRESS))
# Kept as they were typed, or refused where they can't be; the others are chosen or read.
_WRITTEN = frozenset(
    [
        *("email", "name", "phone", "language", "note", "discount_reason", "price_reason"),
        *(f"{kind}_{part}" for kind in ("ship", "bill") for part in ADDRESS),
    ]
)
_LOCAL = "%Y-%m-%dT%H:%M"


@dataclass
class State:
    """``values`` by the name of their field, ``rows`` with a cell for each of CELLS, ``errors`` by field."""

    values: dict[str, str]
    rows: list[dict[str, str]]
    base: dict[str, Any]
    version: int | None = None
    seq: int = 0
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def posted(cls, data: QueryDict) -> "State":
        """As the form sends it; what is missing is empty."""
        cells = {name: data.getlist(name) for name in CELLS}
        size = min(len(values) for values in cells.values())
        rows = [{name: _plain(name, cells[name][i]) for name in CELLS} for i in range(size)]
        try:
            base = json.loads(data.get("base") or "{}")
        except ValueError:
            base = {}
        version = data.get("version", "")
        seq = data.get("seq", "")
        return cls(
            values={name: _plain(name, data.get(name, "")) for name in NAMES},
            rows=rows[:250],
            base=base if isinstance(base, dict) else {},
            version=int(version) if is_whole(version) else None,
            seq=int(seq) if is_whole(seq) else 0,
        )

    @classmethod
    def empty(cls, *, channel: str, language: str) -> "State":
        """A new draft."""
        values = dict.fromkeys(NAMES, "") | {"channel": channel, "language": language, "ship_country": "DE"}
        return cls(values=values, rows=[], base={})

    @classmethod
    def of(cls, order: Order, lines: list[OrderLine], draft: Draft | None) -> "State":
        """As the order is now."""
        values = dict.fromkeys(NAMES, "") | _values(order, draft) | {"notify": "on", "send_link": "on"}
        rows = _rows(order, lines, draft)
        newest = order.events.order_by("-seq").values_list("seq", flat=True).first() or 0
        base = {"values": values, "rows": {row["line"]: {name: row[name] for name in TYPED} for row in rows}}
        return cls(values=dict(values), rows=rows, base=base, version=order.version, seq=newest)

    def renewed(self, now: "State") -> "State":
        """As the order is ``now``, with what was typed here on top; lines that are gone meanwhile are gone."""
        was = self.base.get("values", {})
        values = {
            name: typed if typed != was.get(name, "") else now.values[name] for name, typed in self.values.items()
        }
        mine = {row["line"]: row for row in self.rows if row["line"]}
        rows = []
        for row in now.rows:
            typed_row = mine.get(row["line"])
            if typed_row is None:
                is_removed = row["line"] in self.base.get("rows", {})
                rows.append(row | {"quantity": "0"} if is_removed else row)
                continue
            before = self.base.get("rows", {}).get(row["line"], {})
            kept = {name: typed_row[name] for name in TYPED if typed_row[name] != before.get(name, "")}
            rows.append(row | kept | {"price_reason": typed_row["price_reason"]})
        rows += [row for row in self.rows if not row["line"]]
        return State(values=values, rows=rows, base=now.base, version=now.version, seq=now.seq)

    def refuse(self, name: str, said: str) -> None:
        """Note what is wrong; an empty ``name`` is the place above all fields."""
        self.errors.setdefault(name, []).append(said)

    # --- typed values

    def amount(self, name: str, typed: str) -> Decimal | None:
        """The amount that was typed, with a point or a comma; None for nothing. Notes what is none."""
        if not typed:
            return None
        try:
            value = Decimal(typed.replace(",", ".") if "." not in typed else typed)
        except InvalidOperation:
            value = None
        if value is None or not value.is_finite() or value < 0:
            self.refuse(name, _("Give an amount, such as 12.50."))
            return None
        return value

    def count(self, name: str, typed: str, *, least: int = 1) -> int:
        """The units that were typed. Notes what are none."""
        if not is_whole(typed) or not least <= int(typed) <= 1_000_000:
            self.refuse(name, _("Give a whole number of units."))
            return least
        return int(typed)

    def instant(self, name: str) -> datetime | None:
        """The local time that was typed; None for nothing. Notes what is none."""
        typed = self.values[name]
        if not typed:
            return None
        try:
            found = parse_datetime(typed)
        except ValueError:
            found = None
        if found is None:
            self.refuse(name, _("Give a day and a time."))
            return None
        return timezone.make_aware(found) if timezone.is_naive(found) else found

    def address(self, kind: str) -> dict[str, str]:
        """The address of that kind, empty when nothing but a country was typed."""
        parts = {part: self.values[f"{kind}_{part}"] for part in ADDRESS}
        parts["country"] = parts["country"].upper()
        return parts if any(value for part, value in parts.items() if part != "country") else {}

    def differs(self, *names: str) -> bool:
        """Whether any of the values is another than when the page was opened; browsers tidy up spaces and lines."""
        was = self.base.get("values", {})
        return any(self.values[name].split() != str(was.get(name, "")).split() for name in names)


def _plain(name: str, typed: str) -> str:
    """Without the space around it; what nobody types by hand is also without what no query takes."""
    return (typed if name in _WRITTEN else typed.replace("\0", "")).strip()


def is_whole(typed: str) -> bool:
    """Whether it is a whole number that a column holds."""
    return typed.isascii() and typed.isdecimal() and len(typed) <= 9


def _values(order: Order, draft: Draft | None) -> dict[str, str]:
    method = order.shipping_method
    shipping = draft.shipping_price if draft else order.shipping_total
    values = {
        "customer_id": str(order.customer_id),
        "email": order.email,
        "name": order.customer_name,
        "phone": order.phone,
        "language": order.language,
        "channel": order.channel.code,
        "method": method.code if method else "",
        "shipping_price": "" if shipping is None else text(shipping, order.currency),
        "discount": text(order.discount, order.currency) if order.discount else "",
        "note": order.note if draft else "",
        "bill_other": "on" if order.billing_address else "",
    }
    if draft:
        values |= {
            "reserve_until": _local(draft.reserve_until),
            "call_back_at": _local(draft.call_back_at),
            "is_frozen": "on" if draft.is_frozen else "",
            "shipping_reason": draft.shipping_reason,
            "discount_reason": draft.discount_reason,
        }
    return values | address_values("ship", order.shipping_address) | address_values("bill", order.billing_address or {})


def address_values(kind: str, address: Mapping[str, Any]) -> dict[str, str]:
    """An address by the names of its fields: ``kind`` is ship or bill."""
    return {f"{kind}_{part}": str(address.get(part, "")) for part in ADDRESS}


def _rows(order: Order, lines: list[OrderLine], draft: Draft | None) -> list[dict[str, str]]:
    overrides = overrides_of(lines) if draft else {}
    rows = []
    for line in lines:
        if not line.active:
            continue
        override = overrides.get(line.pk)
        given = override.unit_price if override else None
        price = given if draft else line.unit_price
        discount = line.discount if draft else line.unit_price * line.active - line.amount - line.order_discount
        rows.append(
            {
                "line": line.public_id,
                "sku": line.sku,
                "quantity": str(line.active),
                "unit_price": "" if price is None else text(price, order.currency),
                "price_reason": override.reason if override else "",
                "line_discount": text(discount, order.currency) if discount else "",
            }
        )
    return rows


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime(_LOCAL) if at else ""
