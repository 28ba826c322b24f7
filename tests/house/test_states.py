"""Status moves along declared edges only: in Python, in the source, and in PostgreSQL whoever asks."""

import ast
import re
from itertools import permutations

import pgtrigger
import pytest
from django.db import DatabaseError, connection, models, transaction
from django_fsm import TransitionNotAllowed

from config.docs.house import StateMachine, state_machines
from orders.kernel.guards import edges
from orders.models import Order
from tests.factories.orders import OrderFactory
from tests.house.rows import plant
from tests.house.sources import sources

MACHINES = state_machines()
STATUS_FIELDS = {machine.field.name for machine in MACHINES}
# Their ``status`` is an HTTP status, an axis that is derived, or a finding: no machine.
OTHER_STATUSES = {
    "orders/services/idempotency.py",
    "orders/services/count.py",
}
# SQL that moves many rows at once; the triggers check its edges like everybody's.
STATUS_IN_SQL = {"warehouse/services/book.py"}
every_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)


def states(machine: StateMachine) -> list[str]:
    return [str(value) for value, _label in machine.field.choices or []]


def test_the_house_has_state_machines() -> None:
    names = {machine.name for machine in MACHINES}
    assert {"Order.status", "Payment.status", "Shipment.status", "Return.status"} <= names
    assert len(names) >= 16


@every_machine
def test_every_status_is_protected_guarded_and_checked(machine: StateMachine) -> None:
    assert machine.field.protected
    triggers = {trigger.name for model, trigger in pgtrigger.registered() if model is machine.model}
    assert f"{machine.field.name}_edges" in triggers
    checks = [c.condition for c in machine.model._meta.constraints if isinstance(c, models.CheckConstraint)]
    assert models.Q(**{f"{machine.field.name}__in": states(machine)}) in checks


@every_machine
@pytest.mark.django_db
def test_postgresql_allows_exactly_the_declared_edges(machine: StateMachine) -> None:
    name, model = machine.field.name, machine.model
    declared = edges(model, name)
    assert declared
    allowed = []
    for source in states(machine):
        row = plant(model, **{name: source})
        allowed += [
            (source, target)
            for target in states(machine)
            if target != source and moves(model, row.pk, name, target, past_checks=model.__name__ == "Allocation")
        ]
    assert sorted(allowed) == declared
    assert set(allowed) <= set(permutations(states(machine), 2))


def moves(model: type[models.Model], pk: int, name: str, target: str, *, past_checks: bool) -> bool:
    """Whether ``QuerySet.update`` gets a row into ``target``; nothing stays changed."""
    also = {"quantity": 0} if past_checks else {}
    try:
        with transaction.atomic():
            updated = model._default_manager.filter(pk=pk).update(**{name: target}, **also)
            transaction.set_rollback(True)
            return bool(updated)
    except DatabaseError as refusal:
        assert re.search("Invalid transition|Cannot update", str(refusal))
        return False


@pytest.mark.django_db
def test_raw_sql_and_save_are_refused_as_well() -> None:
    order = OrderFactory(status="cancelled")
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET status = 'confirmed' WHERE id = %s", [order.pk])
    with pytest.raises(TransitionNotAllowed):
        order.confirm(at=None)
    with pytest.raises(AttributeError):
        order.status = "confirmed"
    assert Order.objects.get(pk=order.pk).status == "cancelled"


def test_nobody_assigns_a_status_around_its_transitions() -> None:
    assigned = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr in STATUS_FIELDS and not is_own(target)
    ]
    assert assigned == []


def test_nobody_updates_a_status_around_its_transitions() -> None:
    updated = {
        source.name
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and STATUS_FIELDS & {keyword.arg for keyword in node.keywords}
    }
    assert updated - OTHER_STATUSES == set()


def test_nobody_sets_a_status_by_name() -> None:
    named = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "setattr"
        and isinstance(node.args[1], ast.Constant)
        and node.args[1].value in STATUS_FIELDS
    ]
    assert named == []


def is_own(target: ast.Attribute) -> bool:
    """``self.status = ...`` of an object that is no model, such as an exception."""
    return isinstance(target.value, ast.Name) and target.value.id == "self"
