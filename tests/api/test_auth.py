"""Who may call, and what with."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.errors import InvalidRequest
from orders.kernel.actor import SYSTEM
from orders.models import ApiKey, Product
from orders.models import Partner as PartnerRow
from orders.scopes import Scope
from orders.services.key import hash_of, issue_key, revoke_key
from tests.api.changes import nothing_changes
from tests.api.client import Partner

pytestmark = pytest.mark.django_db


def the_key() -> ApiKey:
    return ApiKey.objects.get()


@pytest.mark.parametrize("header", ["", "Basic b21zOm9tcw==", "Bearer", "Bearer ", "Bearer oms_wrong", "Bearer Ã¼\x7f"])
def test_without_a_valid_key_nobody_gets_in(shop: PartnerRow, header: str) -> None:
    response = Partner("").get("/orders", headers={"Authorization": header, "X-Request-Id": "r-1"})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body.pop("detail")
    assert body == {
        "type": "urn:oms:problem:unauthenticated",
        "title": "A valid API key is required",
        "status": 401,
        "code": "unauthenticated",
        "errors": [],
        "instance": "/api/v1/orders",
        "request_id": "r-1",
    }


def test_an_expired_key_is_refused(api: Partner) -> None:
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api.get("/orders").status_code == 401

    ApiKey.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert api.get("/orders").status_code == 200


def test_a_revoked_key_is_refused_and_its_sister_lives_on(api: Partner, shop: PartnerRow) -> None:
    old = the_key()
    _, secret = issue_key(shop, name="new", scopes=Scope.values, by=SYSTEM)
    assert api.get("/orders").status_code == 200

    revoked = revoke_key(old.pk, by=SYSTEM)

    assert api.get("/orders").status_code == 401
    assert Partner(secret).get("/orders").status_code == 200
    assert revoke_key(old.pk, by=SYSTEM).revoked_at == revoked.revoked_at


def test_a_key_of_an_inactive_partner_is_refused(api: Partner, shop: PartnerRow) -> None:
    PartnerRow.objects.update(is_active=False)
    assert api.get("/orders").status_code == 401


def test_a_key_is_stored_as_its_hash_with_a_visible_prefix(shop: PartnerRow) -> None:
    key, secret = issue_key(shop, name="Shop", scopes=["orders:write", "orders:read"], by=SYSTEM)

    key.refresh_from_db()
    assert secret.startswith("oms_") and len(secret) == 47
    assert (key.prefix, key.key_hash) == (secret[:12], hash_of(secret))
    assert key.scopes == ["orders:read", "orders:write"]
    assert key.requests_per_minute == 600


def test_a_scope_that_does_not_exist_is_refused(shop: PartnerRow) -> None:
    with pytest.raises(InvalidRequest):
        issue_key(shop, name="Shop", scopes=["orders:read", "everything"], by=SYSTEM)
    assert not ApiKey.objects.exists()


def test_a_key_without_the_scope_is_told_which(shop: PartnerRow, mug: Product, wanted: dict[str, Any]) -> None:
    _, secret = issue_key(shop, name="reader", scopes=[Scope.ORDERS_READ], by=SYSTEM)
    reader = Partner(secret)

    assert reader.get("/orders").status_code == 200
    with nothing_changes():
        response = reader.post("/orders", wanted)

    assert response.status_code == 403
    assert response.json()["code"] == "insufficient_scope"
    assert response.json()["detail"] == "This needs a key with the scope orders:write."


def test_one_statement_finds_key_and_partner(api: Partner) -> None:
    api.get("/orders")
    with CaptureQueriesContext(connection) as captured:
        api.get("/orders", headers={"Accept": "*/*"}, limit=0)

    assert len(captured) == 1
    assert "orders_partner" in captured[0]["sql"]


def test_last_use_is_noted_at_most_once_a_minute(api: Partner) -> None:
    api.get("/orders")
    first = the_key().last_used_at
    assert first is not None

    api.get("/orders")
    assert the_key().last_used_at == first

    long_ago = timezone.now() - timedelta(seconds=61)
    ApiKey.objects.update(last_used_at=long_ago)
    api.get("/orders")
    assert the_key().last_used_at != long_ago
