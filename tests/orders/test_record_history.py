"""History is written down once, in its final state, and only when it isn't a rehearsal."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.errors import WrongCurrency
from orders.history import PastLine, PastOrder, PastProduct, Source
from orders.kernel.actor import SYSTEM
from orders.models import Channel, Customer, Order, OrderEvent, OrderLine, Payment, PaymentTransaction, Product
from orders.services.record_history import Recorded, record_history

SHOP = Source(code="old-shop", name="Old shop", currency="GBP")
PRODUCTS = {"MUG": PastProduct(name="A mug", price=Decimal("2.50"))}


def past(ref: str = "1", *, lines: int = 1, **changes: Any) -> PastOrder:
    line = PastLine(sku="MUG", name="A blue mug", quantity=2, unit_price=Decimal("2.50"))
    order = {
        "external_ref": ref,
        "placed_at": datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        "customer": "17",
        "country": "FR",
        "lines": [line] * lines,
    }
    return PastOrder(**order | changes)  # type: ignore[arg-type]


def record(*history: PastOrder, source: Source = SHOP, rehearse: bool = False) -> Recorded:
    return record_history(history, source=source, products=PRODUCTS, by=SYSTEM, rehearse=rehearse)


def rows() -> list[int]:
    models = (Channel, Customer, Product, Order, OrderLine, Payment, PaymentTransaction, OrderEvent)
    return [model._default_manager.count() for model in models]


@pytest.mark.django_db
def test_an_order_arrives_in_its_final_state() -> None:
    recorded = record(past(shipping=Decimal(3), discount=Decimal("0.50"), metadata={"notes": ["x"]}))

    order = Order.objects.get()
    assert recorded == Recorded(created=frozenset("1"), unchanged=frozenset(), differing=frozenset())
    assert (order.status, order.payment_status, order.fulfillment_status) == ("completed", "paid", "delivered")
    assert (order.items_total, order.discount_total, order.shipping_total) == (5, Decimal("0.50"), 3)
    assert (order.total, order.captured_total, order.balance) == (Decimal("7.50"), Decimal("7.50"), 0)
    assert order.placed_at == order.completed_at == order.created_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert order.imported_at is not None
    assert (order.customer.reference, order.shipping_address["country"]) == ("old-shop:17", "FR")
    line = order.lines.get()
    assert (line.name, line.ordered, line.shipped, line.delivered, line.picked) == ("A blue mug", 2, 2, 2, 0)
    event = order.events.get()
    assert (event.type, event.public, event.seq, event.partner) == ("order.imported", False, 1, order.partner)


@pytest.mark.django_db
def test_a_known_reference_is_left_alone_and_another_total_is_told() -> None:
    record(past("1"), past("2"))
    before = rows()

    recorded = record(past("1"), past("2", shipping=Decimal(1)))

    assert recorded == Recorded(created=frozenset(), unchanged=frozenset("1"), differing=frozenset("2"))
    assert rows() == before
    assert Order.objects.get(external_ref="2").total == 5


@pytest.mark.django_db
def test_a_rehearsal_leaves_no_row_behind() -> None:
    before = rows()

    assert record(past("1"), rehearse=True).created == {"1"}

    assert rows() == before


@pytest.mark.django_db
def test_a_channel_in_another_currency_is_refused_and_nothing_changes() -> None:
    record(past("1"))
    before = rows()

    with pytest.raises(WrongCurrency):
        record(past("2"), source=Source(code="old-shop", name="Old shop", currency="EUR"))

    assert rows() == before


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_orders_or_lines() -> None:
    record(past("0"))

    counts = []
    for history in ([past("1", customer="1")], [past(str(n), lines=9, customer=str(n)) for n in range(2, 52)]):
        with CaptureQueriesContext(connection) as queries:
            record(*history)
        counts.append(len(queries))

    few, many = counts
    assert few == many <= 20


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_record_each_order_once() -> None:
    history = [past(str(n)) for n in range(50)]

    def run() -> int:
        try:
            return len(record(*history).created)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        created = [future.result() for future in [threads.submit(run) for _ in range(2)]]

    assert sorted(created) == [0, 50]
    assert rows()[3:5] == [50, 50]
