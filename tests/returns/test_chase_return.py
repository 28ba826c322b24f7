"""A return that doesn't move asks a person, once, and takes the question back when it moves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.exception_words import next_step, summary
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import Order, ProcessException
from orders.services.exception import resolve_exception
from returns.models import Return, ReturnRule
from returns.selectors import waiting_return_ids
from returns.services.approve_return import approve_return
from returns.services.chase_return import chase_return
from returns.services.receive_return import receive_return
from returns.services.send_return import send_return
from returns.tasks import chase_returns
from tests.factories.returns import line_ids, received, requested
from tests.factories.shipping import PACKER
from tests.returns.shops import order

__all__ = ["order"]
pytestmark = pytest.mark.django_db


def let_pass(days: int) -> None:
    then = timezone.now() - timedelta(days=days, minutes=1)
    Return.objects.update(updated_at=then)
    ProcessException.objects.filter(status="resolved").update(resolved_at=then)


def questions() -> list[tuple[str, str]]:
    return list(ProcessException.objects.order_by("pk").values_list("category", "status"))


def test_one_that_never_arrives(order: Order) -> None:
    returning = requested(order, {"MUG": 2})
    send_return(returning.pk, by=CUSTOMER)
    let_pass(13)
    chase_returns()
    assert questions() == []

    let_pass(14)
    chase_returns()
    chase_returns()

    question = ProcessException.objects.get()
    assert (question.category, question.subject_id, question.order) == ("return_waits", returning.public_id, order)
    assert summary(question) == "A return is In transit for more than 14 days."
    receive_return(returning.pk, received={line_ids(returning)["MUG"]: 1}, by=PACKER)
    assert questions() == [("return_waits", "resolved")]
    let_pass(14)
    chase_returns()
    assert questions() == [("return_waits", "resolved"), ("return_waits", "open")]


def test_one_that_nobody_decides_on(order: Order) -> None:
    ReturnRule.objects.update(is_auto_approved=False)
    returning = requested(order, {"MUG": 1})
    let_pass(3)
    chase_returns()
    assert next_step(ProcessException.objects.get()) == "Approve or decline it."

    approve_return(returning.pk, by=SYSTEM)

    assert questions() == [("return_waits", "resolved")]


def test_one_that_nobody_inspects(order: Order) -> None:
    received(requested(order, {"MUG": 1}))
    let_pass(3)
    chase_returns()
    assert questions() == [("return_waits", "open")]


def test_an_answer_holds_for_as_long_as_the_patience_before(order: Order) -> None:
    send_return(requested(order, {"MUG": 1}).pk, by=CUSTOMER)
    let_pass(14)
    chase_returns()
    resolve_exception(ProcessException.objects.get().pk, resolution="It is at customs.", by=PACKER)
    assert waiting_return_ids() == []

    let_pass(14)
    assert len(waiting_return_ids()) == 1


def test_an_approved_one_expires_instead(order: Order) -> None:
    returning = requested(order, {"MUG": 1})
    let_pass(100)
    chase_returns()
    assert (chase_return(returning.pk), questions()) == (False, [])
