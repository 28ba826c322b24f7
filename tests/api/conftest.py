"""A shop with a partner who sells in it."""

from typing import Any

import pytest

from orders.kernel.actor import SYSTEM
from orders.models import Partner as PartnerRow
from orders.models import Product
from orders.scopes import Scope
from orders.services.key import issue_key
from tests.api.client import Partner
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory


@pytest.fixture
def shop(db: None) -> PartnerRow:
    """A web shop in EUR and its partner."""
    ShippingMethodFactory()
    partner = PartnerRow.objects.create(code="shop", name="Shop")
    partner.channels.add(ChannelFactory())
    return partner


@pytest.fixture
def mug(shop: PartnerRow) -> Product:
    """A mug for 12.50, ten in stock."""
    product = ProductFactory(sku="MUG-BLUE", name="Blue mug")
    StockLevelFactory(product=product, on_hand=10)
    return product


@pytest.fixture
def api(shop: PartnerRow) -> Partner:
    """The shop's key, with every scope."""
    _, secret = issue_key(shop, name="all", scopes=Scope.values, by=SYSTEM)
    return Partner(secret)


@pytest.fixture
def stranger(shop: PartnerRow) -> Partner:
    """Another partner of the same channel."""
    other = PartnerRow.objects.create(code="other", name="Other")
    other.channels.add(ChannelFactory())
    _, secret = issue_key(other, name="all", scopes=Scope.values, by=SYSTEM)
    return Partner(secret)


@pytest.fixture
def wanted() -> dict[str, Any]:
    """Two mugs to Berlin, unpaid."""
    return {
        "external_ref": "web-10023",
        "channel": "web",
        "currency": "EUR",
        "customer": {"email": "Ada@example.com", "name": "Ada Byron", "phone": "+4915112345678", "language": "de"},
        "shipping_address": {
            "name": "Ada Byron",
            "company": "",
            "line1": "Hauptstr. 1",
            "line2": "",
            "city": "Berlin",
            "region": "",
            "postal_code": "10115",
            "country": "DE",
            "phone": "",
        },
        "billing_address": None,
        "lines": [
            {
                "sku": "MUG-BLUE",
                "quantity": 2,
                "unit_price": "12.50",
                "tax_rate": "0.19",
                "discount": "0.00",
                "external_ref": "1",
                "accepts_substitutes": True,
            }
        ],
        "prices_include_tax": True,
        "shipping_method": "standard",
        "shipping_price": "4.90",
        "discount": "0.00",
        "payment": None,
        "tags": ["gift"],
        "note": "Ring twice.\nThank you.",
        "metadata": {"cart": 7},
    }


@pytest.fixture
def paid(wanted: dict[str, Any]) -> dict[str, Any]:
    """The same, with money that the sandbox reserves."""
    return wanted | {"payment": {"gateway": "sandbox", "token": "tok_ok"}}
