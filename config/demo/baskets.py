"""``--orders N``: real baskets of a giftware shop, placed in today's demo shop."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count, cycle, islice

from config.demo.places import EU
from config.imports.dimensions import Dimensions, read_dimensions
from config.imports.invoice import Invoice
from config.imports.online_retail import read_invoices
from config.imports.sample import SAMPLE_DIMENSIONS, SAMPLE_INVOICES
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Order, Partner
from orders.requests import Buyer, OrderRequest, PayBy, WantedLine
from orders.services.place import place_order
from orders.services.product import ProductData, upsert_product
from warehouse.models import StockMovement
from warehouse.services.adjust_stock import adjust_stock
from warehouse.states import AdjustmentReason

_STOCK = 5_000
_MOST_LINES, _MOST_UNITS = 60, 200


def fill_baskets(partner: Partner, *, count: int, tell: Callable[[str], object]) -> None:
    """Place ``count`` more orders drawn from the shipped sample, with its articles and real sizes."""
    invoices = [invoice for invoice in read_invoices(SAMPLE_INVOICES) if _fits(invoice)]
    chosen = list(islice(cycle(invoices), count))
    tell("  stocking the articles of real baskets ...")
    stock_articles(chosen, read_dimensions(SAMPLE_DIMENSIONS))
    numbers = _free_numbers(partner)
    shop = Actor(kind=ActorKind.PARTNER, name=partner.name, id=partner.pk)
    for done, invoice in enumerate(chosen, start=1):
        place_order(basket(invoice, f"basket-{next(numbers):06d}"), by=shop, partner=partner)
        if done % 50 == 0 or done == count:
            tell(f"  {done} of {count} baskets")


def _fits(invoice: Invoice) -> bool:
    units = max((line.quantity for line in invoice.lines), default=0)
    return 0 < len(invoice.lines) <= _MOST_LINES and units <= _MOST_UNITS


def _free_numbers(partner: Partner) -> Iterator[int]:
    taken = Order.objects.filter(partner=partner, external_ref__startswith="basket-").count()
    return count(taken + 1)


def basket(invoice: Invoice, external_ref: str) -> OrderRequest:
    """The invoice as an order of today, to somebody in the EU, in euros at the same figures."""
    chance = random.Random(invoice.number)  # noqa: S311 - a story, not a secret
    country = chance.choice(EU)
    return OrderRequest(
        channel="web",
        currency="EUR",
        external_ref=external_ref,
        customer=Buyer(email=f"customer-{invoice.customer or invoice.number}@example.com", name="A. Customer"),
        shipping_address={
            "name": "A. Customer",
            "company": "",
            "line1": f"Main Street {chance.randint(1, 99)}",
            "line2": "",
            "city": "Springfield",
            "region": "",
            "postal_code": f"{chance.randint(10000, 99999)}",
            "country": country,
            "phone": "",
        },
        shipping_method="standard",
        lines=tuple(
            WantedLine(sku=line.sku, quantity=line.quantity, unit_price=line.unit_price, tax_rate=Decimal("0.19"))
            for line in invoice.lines
        ),
        payment=PayBy(gateway="sandbox", token="tok_ok"),  # noqa: S106 - the sandbox's word
    )


def _is_handy(size: Dimensions) -> bool:
    """As light and small as gifts are."""
    return size.weight_g <= 1_500 and max(size.length_mm, size.width_mm, size.height_mm) <= 300


def stock_articles(invoices: list[Invoice], sizes: list[Dimensions]) -> None:
    """Put the sample's articles into the catalogue, each with the size of some real product, and count them in."""
    sizes = [size for size in sizes if _is_handy(size)]
    articles = {line.sku: line for invoice in invoices for line in invoice.lines}
    stocked = set(StockMovement.objects.filter(product__sku__in=articles).values_list("product__sku", flat=True))
    for place, (sku, line) in enumerate(sorted(articles.items())):
        if sku in stocked:
            continue
        size = sizes[place % len(sizes)]
        data = ProductData(
            name=(line.description or sku).title(),
            price=line.unit_price,
            currency="EUR",
            tax_rate=Decimal("0.19"),
            weight_g=size.weight_g,
            length_mm=size.length_mm,
            width_mm=size.width_mm,
            height_mm=size.height_mm,
            out_of_stock_policy=("backorder",),
        )
        upsert_product(sku, data, by=SYSTEM)
        bin_code = f"{chr(65 + place % 4)}-{place // 4 % 6 + 1:02d}"
        adjust_stock(sku, warehouse="BER", bin=bin_code, delta=_STOCK, reason=AdjustmentReason.INITIAL, by=SYSTEM)
