"""What the editor's state asks the services for: a draft's request, or the actions of a change; and the way back.

The way back is from a refusal's JSON pointer to the field that it is about.
"""

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from orders.admin.editor_state import ADDRESS, State
from orders.change_requests import (
    AddLine,
    ChangeAction,
    SetBillingAddress,
    SetContact,
    SetDiscount,
    SetPrice,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
)
from orders.drafts import DraftBuyer, DraftLine
from orders.gateways import gateway
from orders.gateways.stored import GIFT_CARD, STORE_CREDIT
from orders.kernel.errors import DomainError
from orders.kernel.money import ZERO
from orders.requests import OrderRequest, PayBy

# Where the parts of a draft's request stand on the page.
_DRAFT_FIELDS = {
    "shipping_method": "method",
    "customer": "email",
    "customer/email": "email",
    "customer/phone": "phone",
    "customer/name": "name",
    "customer/language": "language",
    "note": "note",
    "is_frozen": "is_frozen",
    "discount_reason": "discount_reason",
    "shipping_reason": "shipping_reason",
}
_SAME = {"shipping_price", "discount", "reserve_until", "call_back_at"}
_CELLS = {"id": "sku", "discount": "line_discount", "reason": "price_reason"}
_REASONS = ("discount_reason", "shipping_reason")
Origins = list[dict[str, str]]


def draft_request(state: State, *, currency: str) -> tuple[OrderRequest, dict[str, Any]]:
    """The whole draft as it is typed, and its options. Notes in the state what can't be read."""
    values = state.values
    customer = values["customer_id"]
    request = OrderRequest(
        channel=values["channel"],
        currency=currency,
        customer=DraftBuyer(
            customer_id=int(customer) if customer.isdecimal() and len(customer) < 19 else None,
            email=values["email"],
            name=values["name"],
            phone=values["phone"],
            language=values["language"],
        ),
        shipping_address=state.address("ship"),
        billing_address=(state.address("bill") or None) if values["bill_other"] else None,
        shipping_method=values["method"],
        shipping_price=state.amount("shipping_price", values["shipping_price"]),
        discount=state.amount("discount", values["discount"]) or ZERO,
        note=values["note"],
        lines=tuple(_draft_line(state, i, row) for i, row in enumerate(state.rows)),
    )
    if not request.lines:
        state.refuse("product", _("Add a product first."))
    options = {
        "reserve_until": state.instant("reserve_until"),
        "call_back_at": state.instant("call_back_at"),
        "is_frozen": bool(values["is_frozen"]),
        **{name: values[name] for name in _REASONS},
    }
    return request, options


def draft_changes(request: OrderRequest, options: dict[str, Any], state: State) -> dict[str, Any]:
    """The same for a draft that exists: what nobody touched keeps what the page has no field for."""
    names = ("customer", "shipping_address", "billing_address", "shipping_method", "shipping_price", "discount", "note")
    changes = {name: getattr(request, name) for name in (*names, "lines")}
    if not state.differs("shipping_price", "method", "is_frozen"):
        changes.pop("shipping_price")
    changed = {name: value for name, value in options.items() if name in _REASONS or state.differs(name)}
    return changes | changed


def ways_to_pay(state: State) -> list[tuple[str, PayBy]]:
    """How a draft is paid, by field: what the customer has with us first, the rest by a gateway or by hand."""
    values = state.values
    code, card = values["gateway"], values["gift_card"]
    ways = [("gift_card", PayBy(gateway=GIFT_CARD, token=card))] if card else []
    if values["store_credit"]:
        ways.append(("store_credit", PayBy(gateway=STORE_CREDIT)))
    if code:
        ways.append(("token", PayBy(gateway=code, token=values["token"] if gateway(code).is_online else "")))
    return ways


def _draft_line(state: State, i: int, row: dict[str, str]) -> DraftLine:
    return DraftLine(
        line=row["line"],
        sku=row["sku"],
        quantity=state.count(f"quantity-{i}", row["quantity"]),
        unit_price=state.amount(f"unit_price-{i}", row["unit_price"]),
        discount=state.amount(f"line_discount-{i}", row["line_discount"]) or ZERO,
        reason=row["price_reason"],
    )


def change_actions(state: State) -> tuple[list[ChangeAction], Origins]:
    """What is different from the order, and for each action its fields. Notes in the state what can't be read."""
    actions: list[ChangeAction] = []
    origins: Origins = []

    def ask(action: ChangeAction, **cells: str) -> None:
        actions.append(action)
        names = {each.name for each in fields(action)}
        origins.append({name: cells.get(name, next(iter(cells.values()))) for name in names})

    known = {row["line"] for row in state.rows}
    for line in state.base.get("rows", {}):
        if line not in known:
            ask(SetQuantity(line=line, quantity=0), quantity="product")
    for i, row in enumerate(state.rows):
        for action, cells in _of_row(state, i, row):
            ask(action, **cells)
    for action, cells in _of_order(state):
        ask(action, **cells)
    return actions, origins


def _of_row(state: State, i: int, row: dict[str, str]) -> Iterable[tuple[ChangeAction, dict[str, str]]]:
    quantity, price = f"quantity-{i}", f"unit_price-{i}"
    if not row["line"]:
        added = AddLine(
            sku=row["sku"],
            quantity=state.count(quantity, row["quantity"]),
            unit_price=state.amount(price, row["unit_price"]),
            discount=state.amount(f"line_discount-{i}", row["line_discount"]) or ZERO,
            reason=row["price_reason"],
        )
        if added.unit_price is not None and not added.reason:
            state.refuse(f"price_reason-{i}", _("Say why it costs another price."))
        elif added.discount and not added.reason:
            state.refuse(f"price_reason-{i}", _("Say why there is a discount."))
        cells = {name: f"{name}-{i}" for name in ("quantity", "sku", "unit_price")}
        yield added, {**cells, "discount": f"line_discount-{i}", "reason": f"price_reason-{i}"}
        return
    was = state.base.get("rows", {}).get(row["line"], {})
    if row["quantity"] != was.get("quantity"):
        yield (
            SetQuantity(line=row["line"], quantity=state.count(quantity, row["quantity"], least=0)),
            {"quantity": quantity},
        )
    if row["unit_price"] != was.get("unit_price"):
        wanted = state.amount(price, row["unit_price"])
        if wanted is None:
            state.refuse(price, _("Give an amount, such as 12.50."))
        elif not row["price_reason"]:
            state.refuse(f"price_reason-{i}", _("Say why it costs another price."))
        else:
            priced = SetPrice(line=row["line"], unit_price=wanted, reason=row["price_reason"])
            yield priced, {"unit_price": price, "reason": f"price_reason-{i}"}
    if row["line_discount"] != was.get("line_discount"):
        off = state.amount(f"line_discount-{i}", row["line_discount"]) or ZERO
        reason = row["price_reason"]
        if not reason:
            state.refuse(f"price_reason-{i}", _("Say why there is a discount."))
        else:
            cells = {"discount": f"line_discount-{i}", "reason": f"price_reason-{i}"}
            yield SetDiscount(line=row["line"], discount=off, reason=reason), cells


def _of_order(state: State) -> Iterable[tuple[ChangeAction, dict[str, str]]]:
    values = state.values
    if state.differs(*(f"ship_{part}" for part in ADDRESS)):
        yield SetShippingAddress(address=state.address("ship")), {"address": "ship_line1"}
    if state.differs("bill_other", *(f"bill_{part}" for part in ADDRESS)):
        billed = state.address("bill") if values["bill_other"] else None
        yield SetBillingAddress(address=billed or None), {"address": "bill_line1"}
    if state.differs("method", "shipping_price"):
        price = state.amount("shipping_price", values["shipping_price"])
        if not state.differs("shipping_price"):
            price = None
        yield SetShippingMethod(method=values["method"], price=price), {"method": "method", "price": "shipping_price"}
    if state.differs("email", "phone"):
        yield SetContact(email=values["email"], phone=values["phone"]), {"email": "email", "phone": "phone"}
    if state.differs("discount"):
        off = state.amount("discount", values["discount"]) or ZERO
        if not values["discount_reason"]:
            state.refuse("discount_reason", _("Say why there is a discount."))
        else:
            cells = {"discount": "discount", "reason": "discount_reason"}
            yield SetDiscount(discount=off, reason=values["discount_reason"]), cells


def note_refusal(state: State, refusal: DomainError, origins: Origins | None = None) -> None:
    """Put what a service refuses next to the field it is about; what is about all of it, above."""
    placed = False
    for error in refusal.errors:
        name = _field_of(error.pointer.removeprefix("#/"), origins, state)
        if name:
            state.refuse(name, error.detail)
            placed = True
        elif error.detail != refusal.detail:
            state.refuse("", error.detail)
    if not placed:
        state.errors.setdefault("", []).insert(0, refusal.detail)


def _field_of(path: str, origins: Origins | None, state: State) -> str:
    paid = re.fullmatch(r"payments/(\d+)(?:/\w+)?", path)
    if paid:
        ways = ways_to_pay(state)
        return ways[int(paid[1])][0] if int(paid[1]) < len(ways) else ""
    found = re.fullmatch(r"(lines|actions)/(\d+)(?:/(\w+))?(?:/(\w+))?", path)
    if found and found[1] == "lines":
        cell = found[3] or "sku"
        return f"{_CELLS.get(cell, cell)}-{found[2]}"
    if found and origins is not None and int(found[2]) < len(origins):
        names = origins[int(found[2])]
        return names.get(found[3] or "", next(iter(names.values()), ""))
    if path.startswith(("shipping_address/", "billing_address/")):
        kind, _slash, part = path.partition("_address/")
        return f"{'ship' if kind == 'shipping' else 'bill'}_{part}"
    return _DRAFT_FIELDS.get(
        path, path if path in {"shipping_price", "discount", "reserve_until", "call_back_at"} else ""
    )
