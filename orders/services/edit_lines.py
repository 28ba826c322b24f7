"""What a change does to the lines of an order: products, quantities, prices, discounts. Edits in memory only."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from orders.addresses import missing_for_delivery
from orders.bundles import goods
from orders.change_requests import AddLine, SetDiscount, SetPrice, SetQuantity
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.money import ZERO, spread
from orders.models import OrderLine, Product
from orders.services.compose import composed
from orders.services.edit import Edit
from orders.services.wants import UNKNOWN, wants_of

MOST_LINES = 200


def add_line(edit: Edit, i: int, wanted: AddLine, products: Mapping[str, Product], *, by: Actor) -> None:
    """A new line at the end; its units are reserved with the others'. Staff say why it costs something else."""
    order, product = edit.order, products.get(wanted.sku)
    if product is None:
        edit.refuse(i, "sku", "unknown_product", "No product has this SKU.")
        return
    if not product.is_digital and missing_for_delivery(order.shipping_address):
        edit.refuse(i, "sku", "address_incomplete", "The order has no street to send it to; set its address first.")
        return
    if wanted.unit_price is None and product.currency != order.currency:
        edit.refuse(i, "unit_price", "wrong_currency", f"The product's price is in {product.currency}.")
        return
    if len(edit.all_lines) >= MOST_LINES:
        edit.refuse(i, "sku", "too_many", f"An order has at most {MOST_LINES} lines.")
        return
    unit_price = product.price if wanted.unit_price is None else wanted.unit_price
    if not _is_priced(edit, i, wanted, unit_price) or not edit.is_text(wanted.reason, i, "reason"):
        return
    if by.kind == ActorKind.STAFF and not wanted.reason and (unit_price != product.price or wanted.discount):
        edit.refuse(i, "reason", "required", "Say why it costs something else than its product.")
        return
    line = OrderLine(
        order=order,
        position=edit.next_position,
        unit_price=unit_price,
        tax_rate=product.tax_rate if wanted.tax_rate is None else wanted.tax_rate,
        discount=wanted.discount,
        amount=unit_price * wanted.quantity - wanted.discount,
        external_ref=wanted.external_ref,
        accepts_substitutes=wanted.accepts_substitutes,
        ordered=wanted.quantity,
        replaces=next((old for old in edit.lines if wanted.replaces and old.public_id == wanted.replaces), None),
    )
    today, together = timezone.localdate(), order.channel.ships_together
    found = [(want, UNKNOWN) for want in wants_of([(product, wanted.quantity)], today=today, together=together)]
    line, *parts = composed(line, product, found)
    if together:
        _wait(edit, [line, *parts])
    edit.added.append(line)
    edit.added_parts += parts


def _is_priced(edit: Edit, i: int, wanted: AddLine, unit_price: Decimal) -> bool:
    """Whether the new line's amounts can be kept; notes what can't."""
    whole = unit_price * wanted.quantity
    is_money = edit.is_money(unit_price, i, "unit_price") and edit.is_money(wanted.discount, i, "discount")
    if not is_money or not edit.is_money(whole, i, "quantity"):
        return False
    if wanted.discount > whole:
        edit.refuse(i, "discount", "too_large", "The discount exceeds the line.")
        return False
    return True


def _wait(edit: Edit, lines: Sequence[OrderLine]) -> None:
    """Together with a preorder that the order has, nothing new leaves before its day."""
    last = max((old.ships_on for old in goods([*edit.lines, *edit.parts]) if old.ships_on), default=None)
    for line in goods(lines):
        line.ships_on = max(filter(None, [line.ships_on, last]), default=None)


def raise_quantity(edit: Edit, i: int, wanted: SetQuantity) -> None:
    """More units at the line's own price. Lowering is calling off, and was done before."""
    if wanted.quantity == 0 and any(line.public_id == wanted.line for line in edit.lines):
        return
    line = edit.line(wanted.line, i)
    if line is None or wanted.quantity <= line.active:
        return
    units = wanted.quantity - line.active
    if not edit.is_money(line.unit_price * wanted.quantity, i, "quantity"):
        return
    line.amount += line.unit_price * units
    scale = edit.scales[line.pk]
    for pk, n in scale.units(units).items():
        edit.more[pk] += n
    for member in scale.members:
        member.ordered += units * scale.units_in_one(member)
    if line.is_bundle:
        line.ordered += units


def set_price(edit: Edit, i: int, wanted: SetPrice) -> None:
    """Another price for all units of the line, as long as none of them is billed; discounts stay."""
    line = edit.line(wanted.line, i)
    is_said = edit.is_text(wanted.reason, i, "reason")
    if line is None or not edit.is_money(wanted.unit_price, i, "unit_price") or not is_said:
        return
    if edit.unbilled(line) < edit.whole(line):
        edit.refuse(i, "unit_price", "billed", "Units of this line are billed: give a discount, or add a new line.")
        return
    amount = line.amount + (wanted.unit_price - line.unit_price) * line.active
    if amount < 0:
        edit.refuse(i, "unit_price", "too_small", "The line's discount exceeds this price.")
    elif edit.is_money(wanted.unit_price * line.active, i, "unit_price"):
        line.amount, line.unit_price = amount, wanted.unit_price


def set_discount(edit: Edit, i: int, wanted: SetDiscount) -> None:
    """The discount on what isn't billed: of a line, or of the whole order."""
    is_said = edit.is_text(wanted.reason, i, "reason")
    if not edit.is_money(wanted.discount, i, "discount") or not is_said:
        return
    if wanted.line:
        line = edit.line(wanted.line, i)
        if line is not None:
            _discount_line(edit, i, line, wanted.discount)
    else:
        _discount_order(edit, i, wanted.discount)


def _discount_line(edit: Edit, i: int, line: OrderLine, discount: Decimal) -> None:
    now = edit.unbilled_price(line) - edit.unbilled_order_discount(line) - edit.unbilled_amount(line)
    more = discount - now
    if more > edit.unbilled_amount(line):
        edit.refuse(i, "discount", "too_large", "The discount exceeds what isn't billed of the line.")
        return
    line.discount += more
    line.amount -= more


def _discount_order(edit: Edit, i: int, discount: Decimal) -> None:
    lines = [line for line in edit.all_lines if edit.unbilled(line)]
    parts = [edit.unbilled_order_discount(line) for line in lines]
    values = [edit.unbilled_amount(line) + part for line, part in zip(lines, parts, strict=True)]
    if discount > sum(values, ZERO):
        edit.refuse(i, "discount", "too_large", "The discount exceeds what isn't billed of the order.")
        return
    anew = spread(discount, values, edit.order.currency)
    for line, before, after in zip(lines, parts, anew, strict=True):
        line.order_discount += after - before
        line.amount -= after - before
    edit.order.discount += discount - sum(parts, ZERO)
