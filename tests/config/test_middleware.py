"""Every answer carries its request's id and a content security policy."""

import logging

import pytest
from django.test import Client

from orders.kernel.work import request_id


def test_request_id_is_kept_and_echoed(client: Client) -> None:
    answer = client.get("/healthz/live", headers={"X-Request-Id": "checkout-42"})
    assert answer["X-Request-Id"] == "checkout-42"
    assert request_id.get() == ""


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "line\tbreak", "ümlaut"])
def test_request_id_that_does_not_fit_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/healthz/live", headers={"X-Request-Id": given})
    assert len(answer["X-Request-Id"]) == 36


def test_log_line_has_no_query_string(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/healthz/live?t=secret-token", headers={"X-Request-Id": "checkout-42"})
    lines = [record.getMessage() for record in caplog.records if "request_finished" in record.getMessage()]
    assert len(lines) == 1
    assert "GET /healthz/live" in lines[0]
    assert "checkout-42" in lines[0]
    assert "secret-token" not in caplog.text


def test_policy_is_strict_and_the_admins_a_little_less(client: Client, db: None) -> None:
    strict, admin = (_policy(client, path) for path in ("/healthz/live", "/admin/login/"))
    assert strict["script-src"] == "'self'"
    assert "unsafe" not in str(strict)
    assert admin["script-src"] == "'self' 'unsafe-eval'"
    assert admin["style-src"] == "'self' 'unsafe-inline'"
    assert admin["frame-ancestors"] == "'none'"


def _policy(client: Client, path: str) -> dict[str, str]:
    """The directives; they come in any order."""
    parts = client.get(path)["Content-Security-Policy"].split(";")
    return {name: sources for name, _space, sources in (part.strip().partition(" ") for part in parts)}
