"""Alive, ready and deep say different things; metrics are not for everybody."""

import time

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from config.tasks import HEARTBEAT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def beating() -> None:
    redis.Redis.from_url(settings.REDIS_URL).flushdb()  # nobody works off what other tests have rung for
    cache.set(HEARTBEAT, time.time(), timeout=None)


def test_live_and_ready(client: Client) -> None:
    for path in ("/healthz/live", "/healthz/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert "no-store" in answer["Cache-Control"]


def test_deep_is_fine_when_nothing_waits(client: Client) -> None:
    answer = client.get("/healthz/deep")
    assert answer.status_code == 200
    body = answer.json()
    assert body["failing"] == []
    assert body["figures"]["notifications_due"] == 0
    assert "queue_depth.notify" in body["figures"]


@pytest.mark.parametrize("seconds", [120, None])
def test_deep_fails_without_a_tick(client: Client, seconds: int | None) -> None:
    if seconds is None:
        cache.delete(HEARTBEAT)
    else:
        cache.set(HEARTBEAT, time.time() - seconds, timeout=None)
    answer = client.get("/healthz/deep")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["last_tick_seconds"])


def test_deep_says_so_when_the_broker_is_gone(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere.sock?db=0"
    answer = client.get("/healthz/deep")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["last_tick_seconds"])
    assert client.get("/healthz/ready").status_code == 200


def test_metrics_need_the_token(client: Client, settings: Settings) -> None:
    assert "oms_feed_lag_seconds 0.0" in client.get("/metrics").content.decode()
    settings.METRICS_OPEN = False
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
    settings.METRICS_TOKEN = "figures-please"
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer figures-please"})
    assert answer.status_code == 200
    assert 'oms_queue_depth{queue="notify"}' in answer.content.decode()


def test_only_reading(client: Client) -> None:
    assert client.post("/healthz/ready").status_code == 405
