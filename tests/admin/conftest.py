"""Who looks at the back office, and with what."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from config.roles import grant_roles
from orders.roles import Role
from tests.admin.rows import a_row, models_of_the_house


@pytest.fixture
def boss(db: None) -> Client:
    """A superuser's browser."""
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.fixture
def signed_in(db: None) -> Callable[[Role], Client]:
    """A browser of somebody in a role."""
    grant_roles(apps, connection.schema_editor())

    def sign_in(role: Role) -> Client:
        user = User.objects.create_user(role.value, is_staff=True)
        user.groups.add(Group.objects.get(name=role.value))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def furnished(db: None) -> dict[type, object]:
    """One row of every model."""
    return {model: a_row(model) for model in models_of_the_house()}
