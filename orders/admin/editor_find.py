"""The editor's two finders: a customer by mail, phone or name; a product by SKU, GTIN or name, with what is there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from orders.admin.chips import money
from orders.kernel.work import ask
from orders.models import Customer, Product
from orders.questions import Availability
from orders.selectors import with_phone

MOST = 8


@dataclass(frozen=True, kw_only=True)
class Found:
    """A product as the editor shows it: ``available`` over all warehouses, and when it would be there."""

    product: Product
    price: str
    available: int
    promise: date | None


def found_customers(text: str) -> list[Customer]:
    """A few customers that staff may mean, the newest first."""
    known = Customer.objects.filter(anonymised_at=None, merged_into=None)
    if "@" in text:
        rows = known.filter(email__startswith=text.lower())
    else:
        phoning = with_phone(known, text)
        rows = known.filter(name__icontains=text) if phoning is None else phoning
    return list(rows.order_by("-id")[:MOST])


def found_products(text: str, *, currency: str, country: str) -> tuple[list[Found], bool]:
    """Products that are sold, and whether ``text`` is exactly the SKU or GTIN of the one that was found."""
    sold = Product.objects.filter(is_active=True, currency=currency)
    exact = list(sold.filter(sku__iexact=text)[:2]) or list(sold.filter(gtin=text).exclude(gtin="")[:2])
    if len(exact) == 1:
        return described(exact, country=country), True
    beginning = sold.filter(sku__istartswith=text)
    rows = list(beginning.order_by("sku")[:MOST]) or list(sold.filter(name__icontains=text).order_by("sku")[:MOST])
    return described(rows, country=country), False


def described(products: Collection[Product], *, country: str) -> list[Found]:
    """The products with price and availability, in their order; one question for all."""
    rows = list(products)
    told = ask(Availability(product_ids=tuple(row.pk for row in rows), country=country)) if rows else ()
    by_sku = {each.sku: each for each in told}
    return [
        Found(
            product=row,
            price=money(row.price, row.currency),
            available=by_sku[row.sku].available if row.sku in by_sku else 0,
            promise=by_sku[row.sku].promise_from if row.sku in by_sku else None,
        )
        for row in rows
    ]


def products_of(skus: Collection[str], *, country: str) -> dict[str, Found]:
    """By SKU, those of the editor's lines."""
    rows = list(Product.objects.filter(sku__in=set(skus)))
    return {each.product.sku: each for each in described(rows, country=country)}
