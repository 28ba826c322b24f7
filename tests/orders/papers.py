"""Orders that were billed: what tests of legal papers start from."""

from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any

from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.models import Channel, Invoice, Order, OrderLine
from orders.requests import WantedLine
from orders.services.count import Change, count
from orders.services.invoice import issue_invoice
from orders.services.place import place_order
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order

SELLER = {
    "seller_name": "Blue Mug GmbH",
    "seller_street": "Invalidenstr. 40",
    "seller_postal_code": "10115",
    "seller_city": "Berlin",
    "seller_country": "DE",
    "seller_vat_id": "DE123456788",
    "seller_iban": "DE02120300000000202051",
    "seller_bic": "BYLADEM1001",
}
NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def a_shop(**changes: Any) -> Channel:
    """A channel with a whole seller, its shipping, and mugs and books on the shelf."""
    channel = ChannelFactory()
    Channel.objects.filter(pk=channel.pk).update(**(SELLER | changes))
    ShippingMethodFactory()
    for sku, price, rate in (("MUG", "12.50", "0.19"), ("BOOK", "9.99", "0.07")):
        StockLevelFactory(product=ProductFactory(sku=sku, price=D(price), tax_rate=D(rate)), on_hand=1000)
    return Channel.objects.get(pk=channel.pk)


def bought(**changes: Any) -> Order:
    """Two mugs and three books, paid by card."""
    lines = changes.pop("lines", (WantedLine(sku="MUG", quantity=2), WantedLine(sku="BOOK", quantity=3)))
    return place_order(an_order(*lines, **({"payment": PAID} | changes)), by=SYSTEM)


def billed(order: Order, *, cause: str = "sh_1", **units: int) -> Invoice:
    """What left, all of it unless told by SKU."""
    lines = {line.sku: line for line in OrderLine.objects.filter(order=order)}
    chosen = {lines[sku].pk: n for sku, n in (units or {sku: line.open for sku, line in lines.items()}).items()}
    with work(by=SYSTEM):
        count(order.pk, {pk: Change(allocated=-n, shipped=n) for pk, n in chosen.items()})
        invoice = issue_invoice(order.pk, units=chosen, cause_id=cause, by=SYSTEM)
    assert invoice is not None
    return invoice
