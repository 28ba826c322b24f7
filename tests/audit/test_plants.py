"""A busy house has nothing to say; a fault planted past triggers and services is named by the check that it breaks."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from config.audit import Verdict, checks, judge
from tests.audit.busy import House, busy_house
from tests.audit.plants import PLANTS, Plant


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker) -> Iterator[House]:
    """Made once, and rolled back at the end; like Django's ``setUpTestData``."""
    with django_db_blocker.unblock(), undone():
        orders = busy_house()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        yield orders


@pytest.fixture
def planting(house: House, django_db_blocker) -> Iterator[House]:
    """The busy house, for one fault; triggers and foreign keys look away."""
    with django_db_blocker.unblock(), undone(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield house


class undone(transaction.Atomic):
    """A transaction around a test, in which services may open theirs, and that is rolled back."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True

    def __exit__(self, *details) -> None:
        transaction.set_rollback(True)
        super().__exit__(*details)


def broken() -> dict[str, Verdict]:
    verdicts = [judge(check, most=50) for check in checks()]
    return {verdict.check.name: verdict for verdict in verdicts if not verdict.is_kept}


def test_a_busy_house_has_nothing_to_say(planting: House) -> None:
    assert {name: verdict.found.examples for name, verdict in broken().items()} == {}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.seen_by.split()[0])
def test_a_planted_fault_is_named(planting: House, plant: Plant) -> None:
    orders = {name: order.pk for name, order in planting.items()}
    with connection.cursor() as cursor:
        expected = plant.names.format(**orders)
        if expected.startswith("SELECT"):
            cursor.execute(expected)
            expected = str(cursor.fetchone()[0])
        for statement in plant.sql.format(**orders).split(";\n" if "DO $$" in plant.sql else ";"):
            cursor.execute(statement)

    found = broken()

    assert set(found) == set(plant.seen_by.split())
    subjects = [finding.subject for finding in found[plant.seen_by.split()[0]].found.examples]
    assert any(subject.startswith(expected) for subject in subjects), (expected, subjects)


def test_every_check_sees_a_fault() -> None:
    seen = {name for plant in PLANTS for name in plant.seen_by.split()}
    assert seen == {check.name for check in checks()}


def test_names_are_unique() -> None:
    names = [check.name for check in checks()]
    assert len(set(names)) == len(names)
