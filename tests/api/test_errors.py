"""Whatever is wrong is told as a problem document, and never as a 500."""

import io
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from orders.api import pages
from orders.models import Partner as PartnerRow
from orders.models import Product
from tests.api.changes import nothing_changes
from tests.api.client import Partner

pytestmark = pytest.mark.django_db


def test_an_unknown_url_is_a_problem_for_everybody(db: None) -> None:
    for path in ("/api/", "/api/v1", "/api/v1/orders/", "/api/v2/orders", "/api/v1/nothing/at/all"):
        response = Client().post(path, headers={"X-Request-Id": "r-1"})
        assert response.status_code == 404, path
        assert response["Content-Type"] == "application/problem+json"
        assert response.json() == {
            "type": "urn:oms:problem:not_found",
            "title": "Not found",
            "status": 404,
            "detail": "There is no such URL; /api/v1/schema lists them all.",
            "code": "not_found",
            "errors": [],
            "instance": path,
            "request_id": "r-1",
        }


@pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS", "TRACE", "PATCH"])
def test_a_wrong_method_is_told_the_right_ones(api: Partner, method: str) -> None:
    response = api._send(method, "/orders", None)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
    assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/api/v1/schema", "/api/docs"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_the_description_can_only_be_read(path: str, method: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(method, path, b"{}", content_type="application/json")

    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert (response["Allow"], response.json()["code"]) == ("GET, HEAD", "method_not_allowed")
    assert response.json()["detail"] == "Use one of: GET, HEAD."
    assert Client().head(path).status_code == 200


def test_a_client_that_refuses_json_is_refused(api: Partner) -> None:
    response = api.get("/orders", headers={"Accept": "text/html"})
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")


def test_a_body_must_be_json_by_its_content_type(api: Partner) -> None:
    client = Client(headers={"Authorization": f"Bearer {api.secret}", "Idempotency-Key": "k"})
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        response = client.generic("POST", "/api/v1/orders", b"{}", content_type=content_type)
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert client.post("/api/v1/orders", b"{}", content_type="application/json; charset=utf-8").status_code == 400


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_ten_mebibytes_are_refused_unread(api: Partner) -> None:
    with nothing_changes():
        response = Client().post(
            "/api/v1/orders",
            content_type="application/json",
            headers={"Authorization": f"Bearer {api.secret}", "Idempotency-Key": "k"},
            **{"CONTENT_LENGTH": str(10 * 1024 * 1024), "wsgi.input": Unread()},
        )

    assert (response.status_code, response.json()["code"]) == (413, "payload_too_large")


def test_one_mebibyte_is_the_most(api: Partner) -> None:
    assert api.post("/orders", b" " * (1024 * 1024)).json()["code"] == "malformed_body"
    assert api.post("/orders", b" " * (1024 * 1024 + 1)).status_code == 413


def test_chunks_need_a_length(api: Partner) -> None:
    response = api.post("/orders", {}, headers={"Transfer-Encoding": "chunked"})
    assert (response.status_code, response.json()["code"]) == (411, "length_required")


MALFORMED = {
    "empty": b"",
    "cut off": b'{"lines": [',
    "not json": b"hello",
    "nan": b'{"metadata": {"a": NaN}}',
    "infinity": b'{"metadata": {"a": -Infinity}}',
    "a float without end": b'{"metadata": {"a": 1e999}}',
    "an integer without end": b'{"metadata": {"a": ' + b"9" * 5000 + b"}}",
    "too deep": b'{"metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not utf-8": b'{"note": "\xff\xfe"}',
    "utf-16": '{"note": "x"}'.encode("utf-16"),
    "a name twice": b'{"note": "a", "note": "b"}',
    "raw control character": b'{"note": "a\x01b"}',
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_json_is_refused(api: Partner, mug: Product, raw: bytes) -> None:
    with nothing_changes():
        response = api.post("/orders", raw)

    assert (response.status_code, response.json()["code"]) == (400, "malformed_body")


def test_a_raw_control_character_is_pointed_at(api: Partner) -> None:
    response = api.post("/orders", b'{"lines": [{"sku": "A"}, {"sku": "B\x00"}]}')
    assert response.json()["errors"] == [
        {
            "pointer": "#/lines/1/sku",
            "code": "control_character",
            "detail": "Control characters must not stand in strings.",
        }
    ]


@pytest.mark.parametrize("body", [[], "x", 7, None, True])
def test_a_body_that_is_no_object_is_refused(api: Partner, body: Any) -> None:
    response = api.post("/orders", json.dumps(body).encode())
    assert response.status_code == 400
    assert response.json()["errors"] == [{"pointer": "#", "code": "type", "detail": "Must be an object."}]


def test_query_parameters_are_known_single_and_clean(api: Partner) -> None:
    response = api._send("GET", "/orders?limit=1&limit=2&nope=1&q=%00&%00%ff=1", None)

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"pointer": "?limit", "code": "repeated", "detail": "Send it once."},
        {"pointer": "?nope", "code": "unknown_parameter", "detail": "There is no such parameter."},
        {"pointer": "?q", "code": "control_character", "detail": "Must not contain control characters."},
        {"pointer": "?\ufffd\ufffd", "code": "unknown_parameter", "detail": "There is no such parameter."},
    ]


@pytest.mark.parametrize("path", ["/orders/a%00", "/orders/%00/events", "/shipments/a%01", "/returns/%7F"])
def test_control_characters_in_a_path_are_refused(api: Partner, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "control_character")


def test_a_path_that_is_not_utf8_names_nothing(api: Partner) -> None:
    assert api.get("/orders/%F0%28%8C%28").status_code == 404


def test_what_nobody_foresaw_is_a_500_that_tells_nothing(api: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(pages, "_limit", broken)
    response = api.get("/orders", headers={"X-Request-Id": "r-1"})

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert (response.json()["code"], response.json()["request_id"]) == ("internal_error", "r-1")
    assert b"secret" not in response.content


def test_a_busy_database_is_a_503_to_retry(api: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(pages, "_limit", busy)
    response = api.get("/orders")

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response.json()["code"] == "busy"


def test_the_request_id_is_echoed(api: Partner, shop: PartnerRow) -> None:
    assert api.get("/orders", headers={"X-Request-Id": "r-17"})["X-Request-Id"] == "r-17"
    assert len(api.get("/orders")["X-Request-Id"]) == 36
