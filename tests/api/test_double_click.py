"""Two of the same request at the same moment, in two threads."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from orders.models import Order, OrderEvent, Product
from tests.api.client import Partner
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """Make the calls from as many threads, all started together."""
    answers: list[HttpResponse] = []
    start = Barrier(len(calls))

    def run(call: Callable[[], HttpResponse]) -> None:
        start.wait(5)
        try:
            answers.append(call())
        finally:
            connection.close()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def test_the_same_key_twice_places_one_order(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    answers = at_once(*[lambda: api.post("/orders", wanted, once="k-1")] * 4)

    assert Order.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    placed = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in placed}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in placed) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_flight"}
    assert StockLevel.objects.get().allocated == 2


def test_the_same_key_while_the_gateway_thinks_is_in_flight(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    paid["payment"]["token"] = "tok_slow"
    answers = at_once(*[lambda: api.post("/orders", paid, once="k-1")] * 2)

    assert sorted(answer.status_code for answer in answers) in ([201, 201], [201, 409])
    assert Order.objects.count() == 1
    assert OrderEvent.objects.filter(type="order.placed").count() == 1


def test_the_same_external_ref_with_two_keys_places_one_order(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    answers = at_once(*[lambda: api.post("/orders", paid)] * 3)

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused <= {"external_ref_in_flight", "duplicate_external_ref"}
    assert Order.objects.count() == 1
    assert StockLevel.objects.get().allocated == 2


def test_two_cancels_cancel_once(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    number = api.post("/orders", paid).json()["number"]
    answers = at_once(*[lambda: api.post(f"/orders/{number}/cancel", {"reason": "customer"})] * 2)

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert OrderEvent.objects.filter(type="order.cancelled").count() == 1
    assert OrderEvent.objects.filter(type="payment.voided").count() == 1


def test_a_product_put_twice_is_made_once(api: Partner) -> None:
    body = {"name": "Mug", "price": "1.00", "currency": "EUR"}
    answers = at_once(*[lambda: api.put("/products/NEW", body)] * 3)

    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert Product.objects.filter(sku="NEW").count() == 1
