"""A partner's program: speaks HTTP to the API, and finds every answer to be as the schema says."""

import json
import re
from functools import cache
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from config.api import _schema


class Partner:
    """One key of one partner."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._client = Client(raise_request_exception=False)

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> HttpResponse:
        return self._send("GET", path, headers, query=query)

    def post(
        self, path: str, body: Any = None, headers: dict[str, str] | None = None, once: str | None = ""
    ) -> HttpResponse:
        """``once`` is the Idempotency-Key: a new one unless given, none when None."""
        named = {} if once is None else {"Idempotency-Key": once or str(uuid4())}
        return self._send("POST", path, named | (headers or {}), body=body)

    def put(self, path: str, body: Any, headers: dict[str, str] | None = None) -> HttpResponse:
        return self._send("PUT", path, headers, body=body)

    def patch(self, path: str, body: Any, headers: dict[str, str] | None = None) -> HttpResponse:
        return self._send("PATCH", path, headers, body=body)

    def delete(self, path: str, headers: dict[str, str] | None = None) -> HttpResponse:
        return self._send("DELETE", path, headers)

    def _send(
        self, method: str, path: str, headers: dict[str, str] | None, *, body: Any = None, query: Any = None
    ) -> HttpResponse:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        response = self._client.generic(
            method,
            f"/api/v1{path}",
            raw,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}"} | (headers or {}),
            query_params=query or None,
        )
        conforms(method, path, response)
        return response


def conforms(method: str, path: str, response: HttpResponse) -> None:
    """Raises unless the schema knows this answer to this call."""
    operation = _operation(method, path)
    if operation is None or response.status_code in (304, 405):
        return
    answer = operation["responses"].get(str(response.status_code))
    assert answer, f"{method} {path}: {response.status_code} is not in the schema"
    content = answer["content"][response["Content-Type"]]
    reference = {"$ref": content["schema"]["$ref"], "components": _document()["components"]}
    errors = list(Draft202012Validator(reference, format_checker=FormatChecker()).iter_errors(response.json()))
    assert not errors, "\n".join(f"{e.json_path}: {e.message}" for e in errors)


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for pattern, operations in _paths():
        if pattern.fullmatch(path.partition("?")[0]):
            return operations.get(method.lower())
    return None


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Literal paths before those with a part to fill in."""
    paths = sorted(_document()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path.removeprefix("/api/v1"))), ops) for path, ops in paths]


@cache
def _document() -> dict[str, Any]:
    return json.loads(_schema())
