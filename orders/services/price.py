"""Price an order that is asked for, and refuse amounts that can't be right."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.errors import InvalidRequest
from orders.kernel.errors import FieldError, at
from orders.kernel.money import ZERO, is_exact
from orders.models import Product
from orders.pricing import TOO_MUCH, LineAmounts, LinePrice, Totals, price
from orders.requests import OrderRequest, WantedLine
from orders.services.offer import Offer
from orders.services.tender import token_errors
from orders.taxes import exemption_errors, own_shipping_rate


@dataclass(frozen=True, kw_only=True)
class Priced:
    """What an order costs: line by line, and in all."""

    lines: Sequence[LinePrice]
    own_shipping_rate: Decimal | None
    amounts: Sequence[LineAmounts]
    totals: Totals
    includes_tax: bool


def price_request(request: OrderRequest, offer: Offer) -> Priced:
    """Reckon with the lines' own prices and rates, or their products'. Raises ``InvalidRequest``."""
    channel, method = offer.channel, offer.method
    includes_tax = channel.prices_include_tax if request.prices_include_tax is None else request.prices_include_tax
    shipping = request.shipping_price
    if shipping is None:
        shipping = method.price if method else ZERO
    lines = [line_price(line, offer.products[line.sku]) for line in request.lines]
    check_money(request, lines, shipping)
    own_rate = own_shipping_rate(
        asked=request.shipping_tax_rate, method=method.tax_rate if method else None, exemption=request.tax_exemption
    )
    amounts, totals = price(
        lines,
        discount=request.discount,
        shipping=shipping,
        shipping_rate=own_rate,
        includes_tax=includes_tax,
        currency=request.currency,
    )
    return Priced(lines=lines, own_shipping_rate=own_rate, amounts=amounts, totals=totals, includes_tax=includes_tax)


def line_price(line: WantedLine, product: Product) -> LinePrice:
    """What is known of a wanted line; what it doesn't say is its product's."""
    return LinePrice(
        unit_price=product.price if line.unit_price is None else line.unit_price,
        quantity=line.quantity,
        discount=line.discount,
        tax_rate=product.tax_rate if line.tax_rate is None else line.tax_rate,
    )


def check_money(request: OrderRequest, lines: Sequence[LinePrice], shipping: Decimal) -> None:
    """Amounts have the currency's digits, no discount is larger than what it is taken from, and a gateway its token."""
    currency = request.currency
    errors = exemption_errors(
        request.tax_exemption,
        rates=[line.tax_rate for line in lines],
        vat_id=str((request.billing_address or request.shipping_address).get("vat_id") or ""),
    )
    errors += token_errors(request.ways, request.pointers)
    if request.payment and request.payments:
        errors.append(at("#/payments", "ambiguous", "Send payment or payments, not both."))
    for i, line in enumerate(lines):
        errors += _line_errors(f"#/lines/{i}", line, currency)
    errors += _amount_errors("#/discount", request.discount, currency)
    errors += _amount_errors("#/shipping_price", shipping, currency)
    if not errors and request.discount > sum((line.value for line in lines), ZERO):
        errors.append(at("#/discount", "too_large", "The discount exceeds the order's lines."))
    if errors:
        raise InvalidRequest("The amounts named below can't be right.", errors=errors)


def _line_errors(pointer: str, line: LinePrice, currency: str) -> list[FieldError]:
    """What nobody can reckon with is only named: a sum of it would break off."""
    errors: list[FieldError] = []
    for name, amount in (("unit_price", line.unit_price), ("discount", line.discount)):
        if not is_exact(amount, currency):
            errors += _amount_errors(f"{pointer}/{name}", amount, currency)
    if any(error.code == "too_large" for error in errors):
        return errors
    if line.unit_price * line.quantity >= TOO_MUCH:
        errors.append(at(f"{pointer}/quantity", "too_large", "The line is worth more than can be kept."))
    if line.value < 0:
        errors.append(at(f"{pointer}/discount", "too_large", "The discount exceeds the line."))
    return errors


def _amount_errors(pointer: str, amount: Decimal, currency: str) -> list[FieldError]:
    if abs(amount) >= TOO_MUCH:
        return [at(pointer, "too_large", "It is more than can be kept.")]
    exact = is_exact(amount, currency)
    return [] if exact else [at(pointer, "too_precise", f"{currency} has fewer digits.")]
