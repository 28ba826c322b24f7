"""Production boots only with everything it needs, and starts no server of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from config.patience import unhurried
from config.settings.stores import IMPATIENT, broker, numbered, with_options

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://oms:secret@db.example.com/oms",
    "REDIS_URL": "redis://valkey.example.com:6379/0",
    "ALLOWED_HOSTS": "shop.example.com",
    "SITE_URL": "https://shop.example.com",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "shop@example.com",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ambient = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=ambient | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_passes_djangos_own_check() -> None:
    done = manage("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", sorted(set(PRODUCTION) - {"DJANGO_SETTINGS_MODULE"}))
def test_production_names_what_is_missing(missing: str) -> None:
    done = manage("check", **{key: value for key, value in PRODUCTION.items() if key != missing})
    assert done.returncode != 0
    assert f"Set the {missing} environment variable" in done.stderr


@pytest.mark.parametrize(
    ("given", "missing"),
    [({}, "STRIPE_API_KEY"), ({"STRIPE_API_KEY": "sk_live_1"}, "STRIPE_WEBHOOK_SECRETS")],
)
def test_production_with_stripe_names_what_stripe_needs(given: dict[str, str], missing: str) -> None:
    done = manage("check", **PRODUCTION, PAYMENT_GATEWAYS="manual,stripe", **given)
    assert done.returncode != 0
    assert f"Set the {missing} environment variable" in done.stderr


def test_production_with_stripe_boots() -> None:
    secrets = {"STRIPE_API_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRETS": "whsec_1"}
    assert manage("check", **PRODUCTION, PAYMENT_GATEWAYS="manual,stripe", **secrets).returncode == 0


def test_services_refuse_in_production_and_with_urls() -> None:
    assert "nothing embedded" in manage("services", "reset", "--yes", **PRODUCTION).stderr
    urls = {key: PRODUCTION[key] for key in ("DATABASE_URL", "REDIS_URL")}
    assert "nothing embedded" in manage("services", "start", **urls).stderr


def test_reset_asks_first() -> None:
    assert "add --yes" in manage("services", "reset", OMS_VAR_DIR="/nowhere").stderr


def test_broker_numbers_and_schemes() -> None:
    assert numbered("redis://u:p@host:6379/4", 2) == "redis://u:p@host:6379/6"
    assert numbered("rediss://host", 1) == "rediss://host/1"
    assert numbered("unix:///v/valkey.sock?db=0", 3) == "unix:///v/valkey.sock?db=3"
    assert broker("unix:///v/valkey.sock?db=3") == "redis+socket:///v/valkey.sock?virtual_host=3"
    assert broker("redis://host:6379/4") == "redis://host:6379/4"


def test_options_of_the_url_are_kept() -> None:
    options = with_options({"OPTIONS": {"sslmode": "require", "options": "-c search_path=shop"}})["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["options"] == "-c statement_timeout=5000 -c lock_timeout=2000 -c search_path=shop"


@pytest.mark.django_db
def test_time_limits_of_requests_and_their_lifting() -> None:
    def limits() -> tuple[str, ...]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
            return tuple(cursor.fetchone())

    assert limits() == ("1min", "2s"), "tests are patient with a busy machine; production is not"
    with unhurried():
        assert limits() == ("0", "0")
    assert limits() == ("1min", "2s")
    assert "statement_timeout=5000" in IMPATIENT
