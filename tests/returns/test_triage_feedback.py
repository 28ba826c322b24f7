"""An unhappy customer gets an answer from a person."""

import pytest

from orders.kernel.actor import CUSTOMER
from orders.models import Order, ProcessException
from orders.services.feedback import give_feedback
from tests.returns.shops import order

__all__ = ["order"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("rating", "asks"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_low_rating_opens_an_exception(order: Order, rating: int, asks: bool) -> None:
    give_feedback(order.pk, rating=rating, tags=["late"], comment="", by=CUSTOMER)
    rows = list(ProcessException.objects.values_list("category", "subject_kind", "subject_id", "facts"))
    assert rows == ([("low_rating", "order", order.number, {"rating": rating, "tags": ["late"]})] if asks else [])
