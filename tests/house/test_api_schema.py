"""The API describes itself completely, and the description is true."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.validation import validate_schema

from orders.api.view import ApiView
from orders.scopes import Scope


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    response = Client().get("/api/v1/schema")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.content)
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def views(patterns: list[Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Every URL below /api/v1 with its view."""
    found = []
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += views(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith("api/v1/") and hasattr(pattern.callback, "cls"):
            found.append((path, pattern.callback.cls))
    return found


def test_the_schema_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    validate_schema(document)
    assert document["openapi"] == "3.1.0"


def test_every_resource_is_in_the_schema_under_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert len(views(get_resolver().url_patterns)) == len(document["paths"]) == 31


def test_every_view_needs_a_key_and_a_scope() -> None:
    open_to_any_key = {("products", "GET"), ("products/<str:sku>", "GET")}
    without = set()
    for path, view in views(get_resolver().url_patterns):
        assert issubclass(view, ApiView), path
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if hasattr(view, method.lower()) and view.scopes.get(method) not in Scope:
                without.add((path.removeprefix("api/v1/"), method))
    assert without == open_to_any_key


@pytest.mark.parametrize("status", ["400", "401", "403", "406", "429", "500", "503"])
def test_every_operation_tells_how_it_refuses(document: dict[str, Any], status: str) -> None:
    for name, operation in operations(document):
        answer = operation["responses"][status]
        assert answer["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}, name


def test_every_post_takes_an_idempotency_key_and_ten_need_one(document: dict[str, Any]) -> None:
    needed = set()
    for name, operation in operations(document):
        keys = [p for p in operation.get("parameters", []) if p["name"] == "Idempotency-Key"]
        assert len(keys) == name.startswith("POST"), name
        needed |= {operation["operationId"] for key in keys if key.get("required")}
    drafts = {"create_draft", "place_draft", "place_draft_by_link"}
    orders = {"place_order", "place_orders", "take_payment", "cancel_order", "refund_order"}
    assert needed == drafts | orders | {"request_return", "cancel_return"}


def test_every_body_may_be_missing_its_length_too_large_or_of_another_kind(document: dict[str, Any]) -> None:
    writing = {name: o for name, o in operations(document) if not name.startswith(("GET", "DELETE"))}

    assert {name for name, o in writing.items() if not {"411", "413", "415"} <= set(o["responses"])} == set()
    optional = {name for name, o in writing.items() if not o["requestBody"].get("required")}
    assert optional == {
        "POST /api/v1/drafts/{draft}/payment-link",
        "POST /api/v1/drafts/{draft}/place",
        "POST /api/v1/fulfillment-orders/{id}/accept",
        "POST /api/v1/returns/{id}/cancel",
    }
    assert document["paths"]["/api/v1/returns/{id}/cancel"]["post"]["requestBody"]["content"] == {
        "application/json": {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "description": "An empty object, or no body.",
            }
        }
    }


def test_bodies_are_closed_and_enums_complete(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["OrderStatus"]["enum"] == ["placed", "confirmed", "completed", "cancelled", "expired"]
    assert schemas["CancelReason"]["enum"] == ["customer", "fraud", "inventory", "staff", "other"]
    assert schemas["AdjustmentReason"]["enum"] == ["count", "damage", "loss", "found", "correction", "initial"]
    for name in ("OrderIn", "OrderPatchIn", "CancelIn", "HoldIn", "ProductIn", "AdjustmentIn", "ReturnIn"):
        assert schemas[name]["additionalProperties"] is False, name


def test_nothing_is_fetched_from_elsewhere(db: None) -> None:
    page = Client().get("/api/docs").content.decode()
    assert "http://" not in page and "https://" not in page
