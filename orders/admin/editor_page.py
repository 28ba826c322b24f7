"""The editor's fields as its template draws them: each with its label, its value and what is wrong with it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orders.addresses import country_choices
from orders.admin import editor_find as find
from orders.admin.editor_state import CELLS, State
from orders.gateways import online
from orders.gateways.stored import STORED
from orders.models import Channel, Order, ShippingMethod

Choices = Sequence[tuple[str, Any]]
_LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")]
_PARTS: dict[str, Promise] = {
    "name": _("Name"),
    "company": _("Company"),
    "line1": _("Street and number"),
    "line2": _("More of the address"),
    "postal_code": _("Postcode"),
    "city": _("City"),
    "region": _("Region"),
    "country": _("Country"),
    "phone": _("Phone"),
}


@dataclass(frozen=True, kw_only=True)
class Box:
    """One field; ``kind`` is an input's type, ``select``, ``check`` or ``text``."""

    name: str
    label: Any
    value: str
    kind: str = "text"
    choices: Choices = ()
    errors: Sequence[str] = ()
    help: Any = ""
    place: str = ""
    key: str = ""  # the id, where several fields have one name

    @property
    def id(self) -> str:
        return f"f-{self.key or self.name}"

    @property
    def error_id(self) -> str:
        return f"e-{self.key or self.name}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line: what it is, and its cells."""

    index: int
    line: str
    sku: str
    found: find.Found | None
    quantity: Box
    unit_price: Box
    line_discount: Box
    price_reason: Box
    sku_errors: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class EditorPage:
    """All fields by where they stand."""

    customer: Sequence[Box]
    ship: Sequence[Box]
    bill: Sequence[Box]
    delivery: Sequence[Box]
    options: Sequence[Box]
    payment: Sequence[Box]
    rows: Sequence[Row]
    bill_other: Box
    base: str

    @property
    def spots(self) -> Iterable[tuple[str, Sequence[str]]]:
        """The places of all errors, for whoever renews them alone."""
        boxes = [*self.customer, *self.ship, *self.bill, *self.delivery, *self.options, *self.payment]
        for row in self.rows:
            boxes += [row.quantity, row.unit_price, row.line_discount, row.price_reason]
            yield f"e-sku-{row.index}", row.sku_errors
        for box in boxes:
            yield box.error_id, box.errors


def page_of(state: State, order: Order | None, *, is_draft: bool) -> EditorPage:
    """The fields of a draft, or of a change."""

    def box(name: str, label: Any, **more: Any) -> Box:
        return Box(name=name, label=label, value=state.values[name], errors=state.errors.get(name, ()), **more)

    channel = order.channel.code if order else state.values["channel"]
    return EditorPage(
        customer=_customer(box, order, is_draft=is_draft),
        ship=_address(box, "ship"),
        bill=_address(box, "bill"),
        bill_other=box("bill_other", _("Another billing address"), kind="check"),
        delivery=_delivery(box, channel, order, is_draft=is_draft),
        options=_options(box, is_draft=is_draft),
        payment=_payment(box) if is_draft else (),
        rows=_rows(state),
        base=json.dumps(state.base),
    )


def _address(box: Any, kind: str) -> list[Box]:
    fields = {part: box(f"{kind}_{part}", words) for part, words in _PARTS.items()}
    names = country_choices(get_language() or "en")
    country = fields["country"]
    fields["country"] = replace(country, kind="select", choices=_with(country.value, [("", "–"), *names]))
    return list(fields.values())


def _customer(box: Any, order: Order | None, *, is_draft: bool) -> list[Box]:
    reached = [box("email", _("Mail"), kind="email"), box("phone", _("Phone"), kind="tel")]
    if not is_draft:
        return reached
    language = box("language", _("Language"), kind="select")
    first = [box("name", _("Name")), *reached, replace(language, choices=_with(language.value, _LANGUAGES))]
    if order is None:
        channels = list(Channel.objects.filter(is_active=True).order_by("code").values_list("code", "name"))
        first.append(box("channel", _("Channel"), kind="select", choices=channels))
    return first


def _delivery(box: Any, channel: str, order: Order | None, *, is_draft: bool) -> list[Box]:
    method = box("method", _("Shipping"), kind="select")
    price = box("shipping_price", _("Shipping price"), place=_("as the method"))
    return [
        replace(method, choices=_methods(method.value, channel, order, is_draft=is_draft)),
        *([price, box("shipping_reason", _("Why that shipping price"))] if is_draft else [price]),
        box("discount", _("Discount on the order")),
        box("discount_reason", _("Why a discount")),
    ]


def _methods(value: str, channel: str, order: Order | None, *, is_draft: bool) -> Choices:
    """What is offered, and what the order has: a browser sends the first option of a select without its value."""
    offered = ShippingMethod.objects.filter(channels__code=channel, is_active=True).order_by("price")
    choices: dict[str, Any] = {m.code: f"{m.name} ({m.price:.2f})" for m in offered}
    now = order.shipping_method if order else None
    if now is not None and now.code not in choices:
        choices = {now.code: _("%(name)s (no longer offered)") % {"name": now.name}} | choices
    if now is None or is_draft:
        choices = {"": "–"} | choices
    return _with(value, list(choices.items()))


def _with(value: str, choices: Choices) -> Choices:
    """The choices, with the present one even when it is none of them."""
    return choices if value in dict(choices) else [(value, value or "–"), *choices]


def _options(box: Any, *, is_draft: bool) -> list[Box]:
    note = box("note", _("Note"), kind="area", help=_("For colleagues only."))
    if not is_draft:
        link = box("send_link", _("Send a payment link for what is owed then"), kind="check")
        return [note, box("notify", _("Tell the customer"), kind="check"), link]
    return [
        box("reserve_until", _("Reserve the goods until"), kind="datetime-local"),
        box("call_back_at", _("Call back at"), kind="datetime-local"),
        box("is_frozen", _("Keep these prices"), kind="check"),
        note,
    ]


def _payment(box: Any) -> list[Box]:
    gateways: list[tuple[str, Any]] = [("", _("Unpaid for now")), ("manual", _("By hand: transfer or cash"))]
    gateways += [(code, code.capitalize()) for code in online() if code not in STORED]
    return [
        box("gift_card", _("Gift card"), help=_("Its code; it pays as much as it has.")),
        box("store_credit", _("Store credit"), kind="check", help=_("As much as the customer has.")),
        box("gateway", _("Payment of the rest"), kind="select", choices=gateways),
        box("token", _("Token of the means of payment"), help=_("From the gateway's own page.")),
    ]


def _rows(state: State) -> list[Row]:
    found = find.products_of([row["sku"] for row in state.rows], country=state.values["ship_country"].upper())
    return [_row(state, i, row, found.get(row["sku"])) for i, row in enumerate(state.rows)]


def _row(state: State, i: int, row: dict[str, str], found: find.Found | None) -> Row:
    labels = {
        "quantity": _("Units"),
        "unit_price": _("Price each"),
        "line_discount": _("Discount"),
        "price_reason": _("Why"),
    }
    boxes = {
        name: Box(
            name=name,
            key=f"{name}-{i}",
            label=labels[name],
            value=row[name],
            place=found.price if found and name == "unit_price" else "",
            errors=state.errors.get(f"{name}-{i}", ()),
        )
        for name in CELLS
        if name in labels
    }
    return Row(
        index=i, line=row["line"], sku=row["sku"], found=found, sku_errors=state.errors.get(f"sku-{i}", ()), **boxes
    )
