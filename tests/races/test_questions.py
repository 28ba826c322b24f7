"""Two people at one question of the queue: one has it, the other hears who; it is resolved once."""

from functools import partial

import pytest
from django.contrib.auth.models import User

from orders.errors import AlreadyTaken, NotAssignable
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import OrderEvent, ProcessException
from orders.services.assign import take_exception
from orders.services.exception import open_exception, resolve_exception
from tests.browser import orders
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> list[Actor]:
    users = [User.objects.create(username=name) for name in ("sam", "eve", "kim")]
    return [Actor(kind=ActorKind.STAFF, name=user.username, id=user.pk) for user in users]


def ask() -> ProcessException:
    with work(by=SYSTEM):
        order = locked_order(orders.confirmed().pk)
        row = open_exception(
            order_id=order.pk, category="stuck_label", subject_kind="shipment", subject_id=order.public_id, by=SYSTEM
        )
    assert row is not None
    return row


def events(kind: str, row: ProcessException) -> list[str]:
    found = OrderEvent.objects.filter(type=f"exception.{kind}", order=row.order_id)
    return list(found.values_list("actor_name", flat=True))


def test_of_people_who_take_it_at_once_one_has_it_and_the_others_hear_who(people: list[Actor]) -> None:
    for _ in range(3):
        row = ask()

        outcomes = at_once([partial(take_exception, row.pk, by=by) for by in people * 2])

        row.refresh_from_db()
        owner = next(by for by in people if by.id == row.owner_id)
        for by, outcome in zip(people * 2, outcomes, strict=True):
            if by == owner:
                assert outcome is None  # both clicks of the one who has it
            else:
                assert isinstance(outcome, AlreadyTaken)
                assert outcome.detail == f"{owner.name} looks after it already."
        assert events("assigned", row) == [owner.name]


def test_one_takes_what_another_resolves(people: list[Actor]) -> None:
    sam, eve, _kim = people
    for _ in range(3):
        row = ask()

        taken, resolved = at_once(
            [partial(take_exception, row.pk, by=sam), partial(resolve_exception, row.pk, resolution="Sent.", by=eve)]
        )

        assert resolved is None
        row.refresh_from_db()
        assert (row.status, row.resolution) == ("resolved", "Sent.")
        if taken is None:
            assert (row.owner_id, events("assigned", row)) == (sam.id, ["sam"])
        else:
            assert isinstance(taken, NotAssignable)
            assert (row.owner_id, events("assigned", row)) == (None, [])


def test_resolved_by_two_it_is_resolved_once_in_the_words_of_the_first(people: list[Actor]) -> None:
    for _ in range(3):
        row = ask()

        outcomes = at_once([partial(resolve_exception, row.pk, resolution=by.name, by=by) for by in people])

        assert outcomes == [None] * 3
        row.refresh_from_db()
        assert (row.status, events("resolved", row)) == ("resolved", [row.resolution])
