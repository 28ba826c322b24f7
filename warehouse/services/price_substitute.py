"""What a substitute costs its customer, and what the order's total changes by; used when it is proposed."""

from dataclasses import dataclass
from decimal import Decimal

from orders.bundles import scales
from orders.change_requests import AddLine
from orders.kernel.actor import SYSTEM
from orders.kernel.money import ZERO, minor_unit, rounded, share
from orders.models import Order, OrderLine, Product
from orders.services.billed import NOTHING, billed_lines
from orders.services.call_off_units import sum_up
from orders.services.edit import Edit
from orders.services.edit_lines import add_line
from orders.states import SubstitutePrice


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a substitute would cost: its price, the discount on all of it, and what the order's total changes by."""

    unit_price: Decimal
    discount: Decimal
    difference: Decimal


def terms_of(order_id: int, line_id: int, units: int, *, product: Product, quantity: int) -> Terms:
    """The substitute's own price; where its channel wants that, with a discount so that the order costs no more.

    The order is edited in memory as the change will edit it, so the difference is what the change will make.
    """
    order = Order.objects.select_related("channel").get(pk=order_id)
    digit = minor_unit(order.currency)

    def difference(discount: Decimal) -> Decimal:
        wanted = AddLine(sku=product.sku, quantity=quantity, unit_price=product.price, discount=discount)
        return _total(order_id, line_id, units, wanted, product) - order.total

    discount, whole = ZERO, product.price * quantity
    more = difference(discount)
    if order.channel.substitute_price == SubstitutePrice.NEVER_MORE and more > 0:
        rate = ZERO if order.prices_include_tax else product.tax_rate
        discount = min(whole, rounded(more / (1 + rate), order.currency))
        while (more := difference(discount)) > 0 and discount < whole:
            discount += digit
    return Terms(unit_price=product.price, discount=discount, difference=more)


def _total(order_id: int, line_id: int, units: int, wanted: AddLine, product: Product) -> Decimal:
    """What the order would come to with ``wanted`` instead of ``units`` of a line; nothing is saved."""
    order = Order.objects.select_related("channel").get(pk=order_id)
    lines = list(OrderLine.objects.filter(order=order).select_related("product").order_by("position"))
    line = next(each for each in lines if each.pk == line_id)
    measures = scales(lines)
    done = billed_lines(order, measures).get(line.pk, NOTHING)
    left = measures[line.pk].active - done.points
    line.amount -= share(line.amount - done.amount, units, left, order.currency)
    line.cancelled += units
    edit = Edit.of(order, lines)
    add_line(edit, 0, wanted, {product.sku: product}, by=SYSTEM)
    edit.price_anew()
    sum_up(order, edit.all_lines)
    return order.total
