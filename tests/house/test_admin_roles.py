"""The roles are a closed list, each with exactly the rights that config.roles grants, forwards and back."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.roles import GRANTS, grant_roles
from orders.roles import Role


def rights_of(group: Group) -> set[str]:
    permissions = Permission.objects.filter(group=group).select_related("content_type")
    return {f"{p.content_type.app_label}.{p.codename}" for p in permissions}


@pytest.fixture
def roles(db: None) -> None:
    """The roles as the migrations leave them; tests that flush the database take them away."""
    grant_roles(apps, connection.schema_editor())


@pytest.mark.usefixtures("roles")
def test_every_role_has_exactly_its_rights() -> None:
    assert set(GRANTS) == set(Role)
    groups = {group.name: rights_of(group) for group in Group.objects.all()}
    assert groups == {role.value: rights for role, rights in GRANTS.items()}


@pytest.mark.usefixtures("roles")
def test_every_own_right_of_the_house_is_granted_to_the_admin_role() -> None:
    own = Permission.objects.filter(content_type__app_label__in=["orders", "warehouse", "shipping", "returns"])
    own = own.exclude(codename__regex="^(add|change|delete|view)_")
    names = {f"{p.content_type.app_label}.{p.codename}" for p in own.select_related("content_type")}
    assert names <= GRANTS[Role.ADMIN]


def test_only_finance_and_admin_may_give_money_back() -> None:
    assert {role for role, rights in GRANTS.items() if "orders.grant_refund" in rights} == {Role.FINANCE, Role.ADMIN}


@pytest.mark.django_db(transaction=True)
def test_the_roles_migration_runs_back_and_forward() -> None:
    newest = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] == "config"]
    MigrationExecutor(connection).migrate([("config", None)])
    assert not Group.objects.filter(name__in=Role.values).exists()
    MigrationExecutor(connection).migrate(newest)
    assert Group.objects.filter(name__in=Role.values).count() == len(Role)
    assert rights_of(Group.objects.get(name=Role.SUPPORT)) == GRANTS[Role.SUPPORT]
