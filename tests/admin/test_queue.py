"""The exceptions queue: somebody takes it, somebody resolves it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orders.models import OrderEvent, ProcessException
from tests.admin.acting import act, act_on, done
from tests.admin.rows import a_row

pytestmark = pytest.mark.django_db


def test_assign_and_resolve(boss: Client) -> None:
    row = a_row(ProcessException)
    assert done(act(boss, row, "assign"))
    row.refresh_from_db()
    assert row.owner == User.objects.get(username="boss")
    assert done(act(boss, row, "resolve", resolution="Called the customer."))
    row.refresh_from_db()
    assert (row.status, row.resolution) == ("resolved", "Called the customer.")
    assert OrderEvent.objects.get(type="exception.resolved").actor_name == "boss"


def test_several_at_once(boss: Client) -> None:
    rows = [a_row(ProcessException) for _ in range(3)]
    page = act_on(boss, rows, "resolve", resolution="All the same cause.")
    assert "3 done." in page.content.decode()
    assert not ProcessException.objects.filter(status="open").exists()


def test_without_words_it_stays_open(boss: Client) -> None:
    row = a_row(ProcessException)
    act(boss, row, "resolve", resolution="")
    row.refresh_from_db()
    assert row.status == "open"
