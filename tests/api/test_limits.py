"""How many requests a key may make."""

import re

import pytest
from django.conf import settings
from redis import Redis

from orders.api import limits
from orders.kernel.actor import SYSTEM
from orders.models import ApiKey
from orders.models import Partner as PartnerRow
from orders.scopes import Scope
from orders.services.key import issue_key
from tests.api.client import Partner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still, nineteen seconds into a minute; nothing was counted yet, and Valkey is believed to be up."""
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_019.5)
    monkeypatch.setattr(limits, "_down_until", 0.0)
    valkey = Redis.from_url(settings.REDIS_URL)
    for name in valkey.scan_iter("oms:limit:*:30000000"):
        valkey.delete(name)


def test_each_answer_says_what_is_left(api: Partner) -> None:
    first = api.get("/orders")
    second = api.get("/nothing-here-but-the-key-is-unknown-to-it")
    third = api.get("/orders", limit=0)

    assert (first["RateLimit-Policy"], first["RateLimit"]) == ('"default";q=600;w=60', '"default";r=599;t=41')
    assert "RateLimit" not in second
    assert (third.status_code, third["RateLimit"]) == (400, '"default";r=598;t=41')


def test_too_many_are_told_when_to_go_on(shop: PartnerRow, api: Partner) -> None:
    ApiKey.objects.update(requests_per_minute=2)
    _, other = issue_key(shop, name="other", scopes=Scope.values, by=SYSTEM)

    assert [api.get("/orders").status_code for _ in range(3)] == [200, 200, 429]
    response = api.get("/orders")
    assert response["Retry-After"] == "41"
    assert response["RateLimit"] == '"default";r=0;t=41'
    assert (response.json()["code"], response.json()["detail"]) == ("rate_limited", "At most 2 requests a minute.")
    assert Partner(other).get("/orders").status_code == 200


def test_the_next_minute_is_new(api: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    ApiKey.objects.update(requests_per_minute=1)
    assert [api.get("/orders").status_code for _ in range(2)] == [200, 429]

    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_060.0)
    assert api.get("/orders").status_code == 200


def test_without_valkey_there_is_no_limit_and_hardly_a_delay(api: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    ApiKey.objects.update(requests_per_minute=1)
    tried = []

    def nobody() -> Redis:
        tried.append(1)
        return Redis(unix_socket_path="/nowhere/valkey.sock", socket_connect_timeout=0.05)

    monkeypatch.setattr(limits, "_valkey", nobody)
    answers = [api.get("/orders") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not any(re.match("RateLimit", name) for answer in answers for name in answer.headers)
    assert tried == [1]
