"""What a substitute costs its customer, and what the order's total changes by; used when it is proposed."""

from dataclasses import dataclass
from decimal import Decimal

from orders.bundles import scales
from orders.kernel.money import ZERO, rounded, share
from orders.models import Order, OrderLine, Product
from orders.services.billed import NOTHING, billed_lines
from orders.states import SubstitutePrice


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a substitute would cost: its price, the discount on all of it, and what the order's total changes by."""

    unit_price: Decimal
    discount: Decimal
    difference: Decimal


def terms_of(order: Order, line: OrderLine, units: int, *, product: Product, quantity: int) -> Terms:
    """The substitute's own price; where its channel wants that, with a discount down to what it replaces.

    Where prices exclude tax, ``difference`` is told with each amount's own tax: an order's one rounded sum per rate
    may differ from it by a cent.
    """
    scale = scales([line])[line.pk]
    done = billed_lines(order, {line.pk: scale}).get(line.pk, NOTHING)
    goes = share(line.amount - done.amount, units, scale.active - done.points, order.currency)
    comes = product.price * quantity
    old, new = (ZERO, ZERO) if order.prices_include_tax else (line.tax_rate, product.tax_rate)
    paid = rounded(goes * (1 + old), order.currency)
    discount = ZERO
    if (
        order.channel.substitute_price == SubstitutePrice.NEVER_MORE
        and rounded(comes * (1 + new), order.currency) > paid
    ):
        discount = min(comes, comes - rounded(paid / (1 + new), order.currency))
    difference = rounded((comes - discount) * (1 + new), order.currency) - paid
    return Terms(unit_price=product.price, discount=discount, difference=difference)
