"""A shop that takes payments by Stripe, and the Stripe that it talks to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from orders.gateways import gateway, online
from orders.gateways.stripe.client import _client
from orders.kernel.actor import SYSTEM
from orders.models import Order
from orders.requests import PayBy, WantedLine
from orders.services.place import place_order
from tests.factories.orders import ProductFactory
from tests.factories.returns import ReturnRuleFactory
from tests.factories.shipping import CarrierServiceFactory, stocked
from tests.fakes.stripe import SECRET, FakeStripe, running
from tests.orders.requests import an_order

Buy = Callable[..., Order]


@pytest.fixture
def stripe(settings: Any) -> Iterator[FakeStripe]:
    """The gateway ``stripe`` is enabled, and talks to a fake on a free port."""
    with running() as fake:
        settings.PAYMENT_GATEWAYS = {**settings.PAYMENT_GATEWAYS, "stripe": "orders.gateways.stripe.Stripe"}
        settings.STRIPE_API_KEY = "sk_test_fake"
        settings.STRIPE_API_BASE = fake.url
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_older", SECRET]
        settings.STRIPE_ACCOUNT = "acct_ours"
        for memory in (gateway, online, _client):
            memory.cache_clear()
        yield fake
    for memory in (gateway, online, _client):
        memory.cache_clear()


@pytest.fixture
def shop(db: None) -> None:
    """Mugs at 12.50, plates at 10.00; shipping is 4.90."""
    CarrierServiceFactory()
    ReturnRuleFactory()
    stocked(ProductFactory(sku="MUG"), 50)
    stocked(ProductFactory(sku="PLATE", price="10.00"), 50)


@pytest.fixture
def buy(shop: None, stripe: FakeStripe) -> Buy:
    """Buy mugs by Stripe: ``buy(2, "pm_ok")``."""

    def place(mugs: int = 1, token: str = "pm_ok", *, plates: int = 0, **changes: Any) -> Order:
        lines = [WantedLine(sku="MUG", quantity=mugs)] if mugs else []
        lines += [WantedLine(sku="PLATE", quantity=plates)] if plates else []
        return place_order(an_order(*lines, payment=PayBy(gateway="stripe", token=token), **changes), by=SYSTEM)

    return place


@pytest.fixture
def send(stripe: FakeStripe) -> Callable[..., int]:
    """Send an event to our address, as Stripe does; returns the status of the answer."""

    def post(event: dict[str, Any], **how: Any) -> int:
        return Client().post("/hooks/payments/stripe", **stripe.signed(event, **how)).status_code

    return post
