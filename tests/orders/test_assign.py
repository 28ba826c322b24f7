"""Who looks after a question of the queue: taken by one, given on purpose, never stolen by a click."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.translation import override

from orders.admin.event_words import facts_in_words
from orders.errors import AlreadyTaken, NotAssignable
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.kernel.errors import DomainError
from orders.kernel.work import work
from orders.locks import locked_orders
from orders.models import OrderEvent, ProcessException
from orders.services.assign import assign_exception, take_exception
from orders.services.exception import open_exception, resolve_exception
from tests.browser import orders

pytestmark = pytest.mark.django_db


def staff(name: str) -> Actor:
    return Actor(kind=ActorKind.STAFF, name=name, id=User.objects.create(username=name).pk)


@pytest.fixture
def sam() -> Actor:
    return staff("sam")


@pytest.fixture
def eve() -> Actor:
    return staff("eve")


def ask(order_id: int | None = None) -> ProcessException:
    with work(by=SYSTEM):
        locked_orders([order_id] if order_id else [])
        row = open_exception(
            order_id=order_id, category="no_carrier_service", subject_kind="shipment", subject_id="sh_1", by=SYSTEM
        )
    assert row is not None
    return row


def owners() -> list[str]:
    """Whom it was given to, as its events tell."""
    return [event.data["owner"] for event in OrderEvent.objects.filter(type="exception.assigned").order_by("pk")]


def refused(error: type[DomainError], job: Callable[[], Any]) -> str:
    """What it said; that nothing changed."""
    before = list(ProcessException.objects.values_list()), owners()
    with pytest.raises(error) as refusal:
        job()
    assert (list(ProcessException.objects.values_list()), owners()) == before
    return refusal.value.detail


def test_taken_by_one_and_told_on_the_order(sam: Actor) -> None:
    order = orders.confirmed()
    row = ask(order.pk)
    take_exception(row.pk, by=sam)
    row.refresh_from_db()
    assert (row.owner_id, row.status) == (sam.id, "open")
    event = order.events.get(type="exception.assigned")
    assert (event.actor_name, event.public) == ("sam", False)
    assert event.data == {"category": "no_carrier_service", "owner": "sam"}
    assert facts_in_words(event) == ["Owner: sam", "About: No carrier service fits"]


def test_two_clicks_of_one_person_are_one(sam: Actor) -> None:
    row = ask()
    take_exception(row.pk, by=sam)
    take_exception(row.pk, by=sam)
    row.refresh_from_db()
    assert (row.owner_id, owners()) == (sam.id, ["sam"])


def test_what_a_colleague_has_isnt_taken(sam: Actor, eve: Actor) -> None:
    row = ask()
    take_exception(row.pk, by=eve)
    assert refused(AlreadyTaken, lambda: take_exception(row.pk, by=sam)) == "eve looks after it already."
    with override("de"):
        assert refused(AlreadyTaken, lambda: take_exception(row.pk, by=sam)) == "eve kümmert sich schon darum."


def test_given_on_purpose_and_given_back(sam: Actor, eve: Actor) -> None:
    row = ask()
    take_exception(row.pk, by=eve)
    for owner in (sam.id, sam.id, None, None):
        assign_exception(row.pk, owner_id=owner, by=sam)
        row.refresh_from_db()
        assert row.owner_id == owner
    assert owners() == ["eve", "sam", ""]
    take_exception(row.pk, by=eve)
    assert owners() == ["eve", "sam", "", "eve"]


def test_what_is_resolved_needs_nobody(sam: Actor, eve: Actor) -> None:
    row = ask()
    take_exception(row.pk, by=eve)
    resolve_exception(row.pk, resolution="Done.", by=eve)
    for job in (
        lambda: take_exception(row.pk, by=sam),
        lambda: take_exception(row.pk, by=eve),
        lambda: assign_exception(row.pk, owner_id=sam.id, by=sam),
    ):
        assert refused(NotAssignable, job) == "This is resolved already."
