"""A question about a substitute meets two answers, and the last goods two questions: each has one outcome."""

from functools import partial

import pytest
from django.core.management import call_command

from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import Order, Product
from tests.races.runners import at_once
from tests.warehouse.scenes import level, line_of
from tests.warehouse.test_substitution import bought, mug, one_is_missing, similar
from warehouse.errors import AlreadyAnswered, NotSubstitutable
from warehouse.models import SubstitutionProposal
from warehouse.services.answer_substitute import accept_substitute, decline_substitute
from warehouse.services.propose_substitute import propose_substitute
from warehouse.states import AnswerBy

__all__ = ["mug"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_of_yes_and_no_at_once_one_counts(mug: Product) -> None:
    order = bought(mug)
    row = one_is_missing(order, similar(mug))

    answers = at_once(
        [
            partial(accept_substitute, row.pk, answered_by=AnswerBy.CUSTOMER, by=CUSTOMER),
            partial(decline_substitute, row.pk, answered_by=AnswerBy.STAFF, by=SYSTEM),
            partial(accept_substitute, row.pk, answered_by=AnswerBy.CUSTOMER, by=CUSTOMER),
        ]
    )

    assert sum(isinstance(answer, SubstitutionProposal) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyAnswered) for answer in answers) == 2
    row.refresh_from_db()
    assert Order.objects.get(pk=order.pk).lines.count() == (2 if row.status == "applied" else 1)
    call_command("audit")


def test_the_last_cup_is_kept_for_one_customer(mug: Product) -> None:
    Product.objects.update(out_of_stock_policy=["backorder"])
    cup = similar(mug, units=1)
    orders = [bought(mug, 1 + 2 * (i == 0)) for i in range(4)]  # the first takes both mugs and waits for a third

    kept = at_once(
        [partial(propose_substitute, o.pk, line=line_of(o).public_id, sku=cup.sku, by=SYSTEM) for o in orders]
    )

    assert sum(isinstance(each, SubstitutionProposal) for each in kept) == 1
    assert sum(isinstance(each, NotSubstitutable) for each in kept) == 3
    assert level(cup) == {"on_hand": 1, "allocated": 1}
    call_command("audit")
