"""The number of SQL statements of a placement is a promise, and doesn't grow with the lines."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.kernel.actor import SYSTEM
from orders.requests import PayBy, WantedLine
from orders.services.place import place_order
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order

# As the API has it: one more statement finds the key, two claim and answer the Idempotency-Key.
UNPAID, IN_PHASES = 12, 23


def statements(lines: int, payment: PayBy | None) -> int:
    """What the server is sent for one order, transaction control included."""
    wanted = [WantedLine(sku=f"SKU-{i}", quantity=1) for i in range(lines)]
    with CaptureQueriesContext(connection) as captured:
        place_order(an_order(*wanted, payment=payment), by=SYSTEM)
    return len(captured)


@pytest.mark.parametrize(("payment", "budget"), [(None, UNPAID), (PAID, IN_PHASES)])
@pytest.mark.django_db(transaction=True)
def test_three_and_thirty_lines_cost_the_same(payment: PayBy | None, budget: int) -> None:
    ShippingMethodFactory()
    for i in range(30):
        StockLevelFactory(product=ProductFactory(sku=f"SKU-{i}"), on_hand=100)
    place_order(an_order(WantedLine(sku="SKU-0", quantity=1), payment=payment), by=SYSTEM)

    assert (statements(3, payment), statements(30, payment)) == (budget, budget)
