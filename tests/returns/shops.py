"""An order that arrived: three mugs and a pot, ten of each in stock before, 54.90 EUR paid."""

import pytest

from orders.models import Order
from tests.factories.orders import ProductFactory
from tests.factories.returns import ReturnRuleFactory
from tests.factories.shipping import confirmed_order, delivered, stocked


@pytest.fixture
def order() -> Order:
    """Delivered just now; a rule approves its returns at once."""
    ReturnRuleFactory()
    mug, pot = ProductFactory(sku="MUG", name="Mug"), ProductFactory(sku="POT", name="Pot")
    order = confirmed_order([(stocked(mug), 3), (stocked(pot), 1)])
    delivered(order)
    order.refresh_from_db()
    return order
