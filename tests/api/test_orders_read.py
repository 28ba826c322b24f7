"""Reading, listing and patching orders."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.api import filters
from orders.models import Order, OrderEvent, Product
from orders.models import Partner as PartnerRow
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.orders import OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(api: Partner, mug: Product, wanted: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.post("/orders", wanted).json()
    return found


def test_what_is_not_yours_does_not_exist(
    api: Partner, stranger: Partner, placed: dict[str, Any], wanted: dict[str, Any]
) -> None:
    number = placed["number"]
    calls = [
        stranger.get(f"/orders/{number}"),
        stranger.get(f"/orders/{number}/events"),
        stranger.patch(f"/orders/{number}", {"note": "x"}, {"If-Match": "*"}),
        stranger.post(f"/orders/{number}/cancel", {"reason": "customer"}),
        stranger.post(f"/orders/{number}/hold", {"reason": "other"}),
        stranger.post(f"/orders/{number}/release", {"hold": "hl_x"}),
        stranger.post(f"/orders/{number}/refunds", {"amount": "1.00", "reason": "staff"}),
    ]

    assert [(c.status_code, c.json()["detail"]) for c in calls] == [(404, "There is no such order.")] * 7
    assert stranger.get("/orders").json() == {"data": [], "has_more": False, "next_cursor": None}


def test_partners_with_the_same_customer_learn_nothing_from_each_other(
    api: Partner, stranger: Partner, placed: dict[str, Any], wanted: dict[str, Any]
) -> None:
    wanted["customer"] = {"email": "ada@example.com", "name": "A. B.", "phone": "", "language": "en"}
    theirs = stranger.post("/orders", wanted).json()

    assert theirs["customer"] == {"email": "ada@example.com", "name": "A. B.", "phone": "", "language": "en"}
    assert stranger.get(f"/orders/{theirs['number']}").json()["customer"] == theirs["customer"]
    assert stranger.get("/orders", q="+4915112345678").json()["data"] == []
    assert api.get(f"/orders/{placed['number']}").json()["customer"]["name"] == "Ada Byron"
    assert [row["number"] for row in api.get("/orders", q="+4915112345678").json()["data"]] == [placed["number"]]
    assert Order.objects.values("customer").distinct().count() == 1


@pytest.mark.parametrize("status", ["draft", "submitted", "declined"])
def test_what_nobody_may_see_is_invisible(api: Partner, status: str) -> None:
    order = OrderFactory(partner=PartnerRow.objects.get(), status=status)
    assert api.get(f"/orders/{order.number}").status_code == 404
    assert api.get("/orders").json()["data"] == []
    assert api.get("/orders", status=status).status_code == 400


def test_what_was_read_before_is_not_sent_again(api: Partner, placed: dict[str, Any]) -> None:
    path = f"/orders/{placed['number']}"
    tag = api.get(path)["ETag"]

    for header in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        response = api.get(path, headers={"If-None-Match": header})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
    assert api.get(path, headers={"If-None-Match": '"1-00000000"'}).status_code == 200


def test_quantities_that_moved_without_a_version_are_sent(api: Partner, placed: dict[str, Any]) -> None:
    path = f"/orders/{placed['number']}"
    tag = api.get(path)["ETag"]
    order = Order.objects.get()
    order.lines.update(picked=1)

    response = api.get(path, headers={"If-None-Match": tag})
    assert (response.status_code, response.json()["version"]) == (200, 1)


# --- patch


def test_tags_note_and_metadata_may_be_patched(api: Partner, placed: dict[str, Any]) -> None:
    path = f"/orders/{placed['number']}"
    tag = api.get(path)["ETag"]
    change = {"tags": ["vip"], "metadata": {"cart": 8, "π": [1, 2.5, None, True]}}
    response = api.patch(path, change, {"If-Match": tag})

    assert response.status_code == 200
    told = response.json()
    assert (told["version"], told["tags"], told["metadata"]) == (2, ["vip"], change["metadata"])
    assert told["note"] == placed["note"]
    assert response["ETag"] == api.get(path)["ETag"] != tag
    event = OrderEvent.objects.get(type="order.updated")
    assert event.data == {"number": placed["number"], "fields": ["tags", "metadata"]}


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ('"7"', 412, "stale"),
        ('"7-1234567812345678"', 412, "stale"),
        ('"1-00000000"', 412, "stale"),
        ('"1-0000000000000000"', 412, "stale"),
        ('W/"1"', 412, "stale"),
        ('"seven"', 412, "stale"),
        ('""', 412, "stale"),
        ('"2", W/"1", "a,b" , "\u00e9"', 412, "stale"),
        ("seven", 400, "invalid_precondition"),
        ("1", 400, "invalid_precondition"),
        ('"1', 400, "invalid_precondition"),
        ('"1" "2"', 400, "invalid_precondition"),
        ('"1", *', 400, "invalid_precondition"),
        ('w/"1"', 400, "invalid_precondition"),
        (", ,", 400, "invalid_precondition"),
        ("", 400, "invalid_precondition"),
    ],
)
def test_a_patch_needs_the_version_that_was_read(
    api: Partner, placed: dict[str, Any], header: str | None, status: int, code: str
) -> None:
    with nothing_changes():
        response = api.patch(
            f"/orders/{placed['number']}", {"note": "x"}, {} if header is None else {"If-Match": header}
        )

    assert (response.status_code, response.json()["code"]) == (status, code)
    if status == 412:
        assert response.json()["current_version"] == 1


def test_a_bare_version_or_a_star_will_do(api: Partner, placed: dict[str, Any]) -> None:
    path = f"/orders/{placed['number']}"
    assert api.patch(path, {"note": "a"}, {"If-Match": '"1"'}).json()["version"] == 2
    assert api.patch(path, {"note": "b"}, {"If-Match": "*"}).json()["version"] == 3
    assert api.patch(path, {"note": "c"}, {"If-Match": '"1", ,"3" ,W/"9"'}).json()["version"] == 4
    tag = api.get(path, expand="events")["ETag"]
    assert api.patch(path, {"note": "d"}, {"If-Match": f'"0-0", {tag}'}).json()["version"] == 5


def test_nothing_else_may_be_patched(api: Partner, placed: dict[str, Any]) -> None:
    with nothing_changes():
        response = api.patch(f"/orders/{placed['number']}", {"status": "completed"}, {"If-Match": "*"})
    assert response.json()["errors"] == [
        {"pointer": "#/status", "code": "unknown_field", "detail": "There is no such field."}
    ]


# --- lists

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def many(shop: PartnerRow) -> list[Order]:
    """Seven orders, a minute apart; the last two were made at the same moment."""
    orders = [
        OrderFactory(
            partner=shop,
            external_ref=f"ref-{i}",
            status=["placed", "confirmed", "cancelled"][i % 3],
            tags=["gift", "vip"] if i == 3 else [],
            email=f"ada{i}@example.com",
        )
        for i in range(7)
    ]
    for i, order in enumerate(orders):
        at = START + timedelta(minutes=min(i, 5))
        Order.objects.filter(pk=order.pk).update(created_at=at, updated_at=START + timedelta(hours=7 - i))
        OrderLineFactory(order=order)
    return orders


def refs(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [int(order["external_ref"].removeprefix("ref-")) for order in response.json()["data"]]


def test_pages_follow_each_other_newest_first(api: Partner, many: list[Order]) -> None:
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 3}
    pages = 0
    while True:
        response = api.get("/orders", **query)
        body = response.json()
        seen += refs(response)
        pages += 1
        if not body["has_more"]:
            break
        link = response["Link"]
        assert link.startswith("<http://testserver/api/v1/orders?") and link.endswith('>; rel="next"')
        assert body["next_cursor"] in link
        query["cursor"] = body["next_cursor"]

    assert (seen, pages) == ([6, 5, 4, 3, 2, 1, 0], 3)
    assert (body["next_cursor"], "Link" in response) == (None, False)


def test_the_link_keeps_the_filters(api: Partner, many: list[Order]) -> None:
    link = api.get("/orders", limit=1, status__in="placed,confirmed")["Link"]
    path = urlsplit(link[1:].partition(">")[0])
    assert refs(api._send("GET", f"/orders?{path.query}", None)) == [4]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [6, 5, 4, 3, 2, 1, 0]),
        ({"sort": "created_at"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"sort": "-created_at"}, [6, 5, 4, 3, 2, 1, 0]),
        ({"sort": "updated_at"}, [6, 5, 4, 3, 2, 1, 0]),
        ({"sort": "-updated_at"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"status": "cancelled"}, [5, 2]),
        ({"status__in": "cancelled,confirmed"}, [5, 4, 2, 1]),
        ({"payment_status": "paid"}, []),
        ({"fulfillment_status": "unfulfilled", "return_status": "none", "limit": "2"}, [6, 5]),
        ({"created_at__gte": "2026-11-01T12:04:00Z"}, [6, 5, 4]),
        ({"created_at__lt": "2026-11-01T13:01:00+01:00"}, [0]),
        ({"created_at__lt": "2026-11-01t12:01:00.000000000z"}, [0]),
        ({"updated_at__gte": "2026-11-01T18:00:00Z"}, [1, 0]),
        ({"updated_at__lt": "2026-11-01T14:00:00Z"}, [6]),
        ({"external_ref": "ref-4"}, [4]),
        ({"customer_email": "ADA4@example.com"}, [4]),
        ({"tag": "vip"}, [3]),
        ({"tag": "vi"}, []),
        ({"q": "ref-2"}, [2]),
        ({"q": "Ada2@Example.com"}, [2]),
        ({"q": "%"}, []),
    ],
)
def test_lists_are_sorted_and_narrowed(
    api: Partner, many: list[Order], query: dict[str, Any], expected: list[int]
) -> None:
    assert refs(api.get("/orders", **query)) == expected


def test_a_tag_is_found_by_its_own_index_unless_it_is_common(
    api: Partner, many: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(tag: str) -> tuple[list[int], list[str]]:
        with CaptureQueriesContext(connection) as captured:
            found = refs(api.get("/orders", tag=tag))
        sql = [query["sql"] for query in captured if 'FROM "orders_order"' in query["sql"]]
        return found, ["by tag" if "@>" in statement else "by key" for statement in sql]

    Order.objects.filter(pk__in=[many[1].pk, many[5].pk]).update(tags=["vip", "new"])
    assert asked("vip") == ([5, 3, 1], ["by tag", "by key"])
    assert asked("nosuch") == ([], ["by tag"])
    monkeypatch.setattr(filters, "FEW", 2)
    assert asked("vip") == ([5, 3, 1], ["by tag", "by tag"])
    assert asked("new") == ([5, 1], ["by tag", "by key"])


def test_lists_may_be_repeated_as_well(api: Partner, many: list[Order]) -> None:
    assert refs(api._send("GET", "/orders?status__in=cancelled&status__in=confirmed", None)) == [5, 4, 2, 1]


def test_a_number_is_found_by_its_beginning(api: Partner, many: list[Order]) -> None:
    assert refs(api.get("/orders", q=many[2].number.lower())) == [2]
    assert 2 in refs(api.get("/orders", q=many[2].number[:4]))


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "251"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "٣"},
        {"sort": "number"},
        {"status": "lost"},
        {"status": ""},
        {"q": ""},
        {"external_ref": ""},
        {"external_ref": "  "},
        {"customer_email": ""},
        {"tag": ""},
        {"updated_at__gte": ""},
        {"status__in": "placed,lost"},
        {"created_at__gte": "yesterday"},
        {"created_at__gte": "2026-11-01"},
        {"created_at__gte": "2026-11-01T12:00:00"},
        {"created_at__gte": "2026-11-01 12:00:00Z"},
        {"created_at__gte": "2026-11-01T12:00Z"},
        {"created_at__gte": "2026-11-01T12Z"},
        {"created_at__gte": "20261101T120000Z"},
        {"created_at__gte": "2026-W44-7T12:00:00Z"},
        {"created_at__gte": "2026-11-01T12:00:00+01"},
        {"created_at__gte": "2026-11-01T12:00:00,5Z"},
        {"created_at__gte": "2026-11-01T25:00:00Z"},
        {"created_at__gte": "0001-01-01T00:00:00+14:00"},
        {"page": "2"},
    ],
)
def test_odd_questions_are_refused(api: Partner, query: dict[str, str]) -> None:
    response = api.get("/orders", **query)
    assert response.status_code == 400
    assert [e["pointer"] for e in response.json()["errors"]] == [f"?{name}" for name in query]


def test_a_cursor_is_taken_only_as_it_was_given(api: Partner, many: list[Order], mug: Product) -> None:
    cursor = api.get("/orders", limit=1).json()["next_cursor"]
    tampered = ("A" if cursor[0] != "A" else "B") + cursor[1:]

    for query in (
        {"cursor": tampered},
        {"cursor": ""},
        {"cursor": cursor[:-1]},
        {"cursor": "nonsense"},
        {"cursor": cursor, "sort": "created_at"},
    ):
        response = api.get("/orders", **query)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
    assert api.get("/products", cursor=cursor).status_code == 400
    assert api.get("/orders", cursor=cursor, limit=1).status_code == 200


# --- timeline


def test_the_timeline_is_told_oldest_first(api: Partner, placed: dict[str, Any]) -> None:
    number = placed["number"]
    api.patch(f"/orders/{number}", {"note": "x"}, {"If-Match": "*"})
    hold = api.post(f"/orders/{number}/hold", {"reason": "other"}).json()
    body = api.get(f"/orders/{number}/events").json()

    assert [(e["sequence"], e["type"], e["public"]) for e in body["data"]] == [
        (1, "order.placed", True),
        (3, "order.held", True),
    ]
    assert body["data"][1] == {
        "id": OrderEvent.objects.get(seq=3).public_id,
        "sequence": 3,
        "type": "order.held",
        "occurred_at": body["data"][1]["occurred_at"],
        "actor": {"kind": "partner", "name": "Shop"},
        "public": True,
        "data": {"number": number, "hold": hold["id"], "reason": "other"},
    }
    first = api.get(f"/orders/{number}/events", limit=1).json()
    rest = api.get(f"/orders/{number}/events", limit=1, cursor=first["next_cursor"]).json()
    assert [e["sequence"] for e in first["data"] + rest["data"]] == [1, 3]
    assert rest["has_more"] is False


def test_the_timeline_comes_along_when_asked(api: Partner, placed: dict[str, Any]) -> None:
    path = f"/orders/{placed['number']}"
    assert "events" not in api.get(path).json()
    assert [e["type"] for e in api.get(path, expand="events").json()["events"]] == ["order.placed"]
    response = api.get(path, expand="events,lines")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "?expand")


# --- holds


def test_a_hold_is_shown_until_it_is_released(api: Partner, placed: dict[str, Any]) -> None:
    number, line = placed["number"], placed["lines"][0]["id"]
    at = (timezone.now() + timedelta(days=3)).isoformat()
    wanted = {"reason": "address", "note": "Flat?", "release_at": at, "lines": [line]}
    hold = api.post(f"/orders/{number}/hold", wanted)

    assert hold.status_code == 201
    shown = api.get(f"/orders/{number}").json()
    assert shown["holds"] == [hold.json()]
    assert (shown["fulfillment_status"], hold.json()["lines"], hold.json()["note"]) == ("on_hold", [line], "Flat?")
    assert datetime.fromisoformat(hold.json()["release_at"]) == datetime.fromisoformat(at)
    assert api.get("/orders").json()["data"][0]["holds"] == [hold.json()]

    released = api.post(f"/orders/{number}/release", {"hold": hold.json()["id"]})
    assert released.status_code == 200
    assert released.json()["released_at"] is not None
    assert api.get(f"/orders/{number}").json()["holds"] == []

    with nothing_changes():
        again = api.post(f"/orders/{number}/release", {"hold": hold.json()["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "already_released")


def test_holds_of_other_orders_and_lines_are_not_found(api: Partner, placed: dict[str, Any]) -> None:
    path = f"/orders/{placed['number']}"
    with nothing_changes():
        unknown = api.post(f"{path}/release", {"hold": "hl_0000000000000000"})
        lines = [placed["lines"][0]["id"], "ol_0000000000000000", placed["lines"][0]["id"]]
        refused = api.post(f"{path}/hold", {"reason": "other", "lines": lines})
        assert api.post(f"{path}/hold", {"reason": "bored"}).status_code == 400

    assert (unknown.status_code, [e["pointer"] for e in unknown.json()["errors"]]) == (404, ["#/hold"])
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        ("#/lines/1", "unknown_line"),
        ("#/lines/2", "repeated"),
    ]
