"""A badge opens the floor, and nothing else."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from orders.kernel.actor import SYSTEM
from warehouse.models import Badge
from warehouse.services.issue_badge import hash_of, issue_badge

pytestmark = pytest.mark.django_db


@pytest.fixture
def picker() -> User:
    user = User.objects.create_user("pia", password="irrelevant here", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name="picker")[0])
    return user


def test_a_scan_logs_in_onto_the_floor(client: Client, picker: User) -> None:
    code = issue_badge(picker.pk, by=SYSTEM)

    answer = client.post("/wh/badge", {"badge": code.lower()})

    assert (answer.status_code, answer["Location"]) == (302, "/wh/")
    assert client.session["_auth_user_id"] == str(picker.pk)
    assert Badge.objects.get().code_hash == hash_of(code)


def test_it_does_not_open_the_back_office(client: Client, picker: User) -> None:
    User.objects.update(is_superuser=True)
    client.post("/wh/badge", {"badge": issue_badge(picker.pk, by=SYSTEM)})

    answer = client.get("/admin/orders/order/")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/orders/order/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("scan", ["", "BADGE-NOBODY", "\0", "x" * 500])
def test_an_unknown_badge_opens_nothing(client: Client, picker: User, scan: str) -> None:
    issue_badge(picker.pk, by=SYSTEM)

    answer = client.post("/wh/badge", {"badge": scan})

    assert (answer.status_code, answer["Location"]) == (302, "/wh/login")
    assert "_auth_user_id" not in client.session


def test_a_new_badge_ends_the_old_one_and_a_leaver_has_none(client: Client, picker: User) -> None:
    old = issue_badge(picker.pk, by=SYSTEM)
    new = issue_badge(picker.pk, by=SYSTEM)
    assert client.post("/wh/badge", {"badge": old})["Location"] == "/wh/login"
    User.objects.update(is_active=False)

    assert client.post("/wh/badge", {"badge": new})["Location"] == "/wh/login"
