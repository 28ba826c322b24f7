"""Keys are issued and revoked in the back office, and shown once."""

import pytest
from django.test import Client

from orders.models import ApiKey, Partner
from tests.admin.acting import act, action_url, done, form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    return Partner.objects.create(code="shop", name="Shop")


def test_the_secret_is_shown_once_and_works(boss: Client, partner: Partner) -> None:
    answer = act(boss, partner, "issue_key", name="production", scopes=["orders:read"])
    secret = answer.context["secret"]
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert secret in answer.content.decode()
    key = ApiKey.objects.get()
    assert (key.scopes, key.is_live) == (["orders:read"], True)
    assert secret not in boss.get(f"/admin/orders/apikey/{key.pk}/change/").content.decode()
    assert key.key_hash not in boss.get(f"/admin/orders/apikey/{key.pk}/change/").content.decode()
    asked = Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 200

    assert done(act(boss, key, "revoke"))
    asked = Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 401


def test_a_double_click_issues_one_key(boss: Client, partner: Partner) -> None:
    url = action_url(partner, "issue_key")
    sent = form_of(boss, url) | {"name": "x"}
    boss.post(url, sent)
    boss.post(url, sent)
    assert ApiKey.objects.count() == 1
