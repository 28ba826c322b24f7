"""The exceptions queue: urgent first, one click to the answer; somebody takes it, puts it aside, resolves it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.admin.queue_ways import way_out
from orders.categories import CATEGORIES
from orders.kernel.actor import SYSTEM
from orders.models import Notification, Order, OrderEvent, OrderHold, Payment, ProcessException, Refund
from orders.roles import Role
from orders.services.assign import assign_exception
from orders.services.exception import open_exception
from shipping.models import Shipment
from tests.admin.acting import act, act_on, action_url, done, refusal, refusals
from tests.admin.rows import a_row
from tests.factories.orders import OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db
QUEUE = "/admin/orders/processexception/"


def ask(category: str = "stuck_label", **columns: Any) -> ProcessException:
    """A question, opened as the services do."""
    given = {"order_id": None, "subject_kind": "shipment", "subject_id": f"sh_{ProcessException.objects.count()}"}
    row = open_exception(**(given | columns), category=category, by=SYSTEM)  # type: ignore[arg-type]
    assert row is not None
    return row


def shown(client: Client, **query: str) -> list[int]:
    return [row.pk for row in client.get(QUEUE, query).context["cl"].result_list]


def test_assign_and_resolve(boss: Client) -> None:
    row = a_row(ProcessException)
    assert done(act(boss, row, "assign"))
    row.refresh_from_db()
    assert row.owner == User.objects.get(username="boss")
    assert done(act(boss, row, "resolve", resolution="Called the customer."))
    row.refresh_from_db()
    assert (row.status, row.resolution) == ("resolved", "Called the customer.")
    assert OrderEvent.objects.get(type="exception.resolved").actor_name == "boss"


def test_several_at_once(boss: Client) -> None:
    rows = [a_row(ProcessException) for _ in range(3)]
    page = act_on(boss, rows, "take")
    assert "3 done." in page.content.decode()
    assert set(ProcessException.objects.values_list("owner__username", flat=True)) == {"boss"}
    page = act_on(boss, rows, "resolve", resolution="All the same cause.")
    assert "3 done." in page.content.decode()
    assert not ProcessException.objects.filter(status="open").exists()


def test_what_a_colleague_has_is_only_given_on_purpose(boss: Client) -> None:
    row, eve = a_row(ProcessException), User.objects.create(username="eve", is_staff=True)
    assign_exception(row.pk, owner_id=eve.pk, by=SYSTEM)
    assert refusal(act(boss, row, "take")) == "eve looks after it already."
    row.refresh_from_db()
    assert row.owner == eve
    page = boss.get(action_url(row, "assign"))
    assert page.context["form"].facts == [("Taken by", eve)]
    assert done(act(boss, row, "assign"))
    row.refresh_from_db()
    assert row.owner == User.objects.get(username="boss")


def test_take_is_offered_while_nobody_has_it(boss: Client) -> None:
    row = a_row(ProcessException)
    page = f"{QUEUE}{row.pk}/change/"
    assert action_url(row, "take") in boss.get(page).content.decode()
    assert done(act(boss, row, "take"))
    assert action_url(row, "take") not in boss.get(page).content.decode()
    assert done(act(boss, row, "take"))  # the second of two clicks


def test_of_a_selection_only_what_is_free_is_taken(boss: Client) -> None:
    rows, eve = [a_row(ProcessException) for _ in range(3)], User.objects.create(username="eve")
    assign_exception(rows[1].pk, owner_id=eve.pk, by=SYSTEM)
    page = act_on(boss, rows, "take").content.decode()
    assert "2 done." in page
    assert "eve looks after it already." in page
    assert [row.owner.username for row in ProcessException.objects.order_by("pk") if row.owner] == [
        "boss",
        "eve",
        "boss",
    ]


def test_without_words_it_stays_open(boss: Client) -> None:
    row = a_row(ProcessException)
    act(boss, row, "resolve", resolution="")
    row.refresh_from_db()
    assert row.status == "open"


def test_put_aside_it_leaves_the_queue_until_its_time(boss: Client) -> None:
    row = ask()
    until = timezone.localtime(timezone.now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    assert done(act(boss, row, "snooze", until=until, note="They call back."))
    assert (shown(boss), shown(boss, queue="snoozed")) == ([], [row.pk])
    ProcessException.objects.update(snoozed_until=timezone.now() - timedelta(seconds=1))
    assert (shown(boss), shown(boss, queue="snoozed")) == ([row.pk], [])


def test_put_aside_into_the_past_is_refused(boss: Client) -> None:
    row = ask()
    assert "until" in refusals(act(boss, row, "snooze", until="2020-01-01T10:00", note="x"))
    row.refresh_from_db()
    assert row.snoozed_until is None


def test_urgent_first_then_old_and_what_is_done_is_gone(boss: Client) -> None:
    young, old, medium, resolved = ask(), ask(), ask("low_rating"), ask()
    ages = {young: 1, old: 5, medium: 100, resolved: 200}
    for row, hours in ages.items():
        ProcessException.objects.filter(pk=row.pk).update(opened_at=timezone.now() - timedelta(hours=hours))
    act(boss, resolved, "resolve", resolution="Done.")
    assert shown(boss) == [old.pk, young.pk, medium.pk]
    assert shown(boss, queue="all") == [old.pk, young.pk, medium.pk, resolved.pk]
    assert shown(boss, queue="resolved") == [resolved.pk]


def test_mine_nobodys_by_category_severity_and_age(boss: Client) -> None:
    mine, theirs, nobodys = ask(), ask("low_rating"), ask("refund_by_hand")
    act(boss, mine, "take")
    ProcessException.objects.filter(pk=theirs.pk).update(
        owner=User.objects.create(username="eve"), opened_at=timezone.now() - timedelta(hours=25)
    )
    assert shown(boss, queue="mine") == [mine.pk]
    assert shown(boss, queue="unowned") == [nobodys.pk]
    assert shown(boss, category="low_rating") == [theirs.pk]
    assert shown(boss, severity__exact="high") == [mine.pk, nobodys.pk]
    assert shown(boss, older="24") == [theirs.pk]
    assert shown(boss, older="72") == []


def test_the_queue_costs_the_same_however_long(boss: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            boss.get(QUEUE)
        return len(taken)

    for category in list(CATEGORIES)[:2]:
        ask(category, order_id=None)
    statements()
    few = statements()
    for category in CATEGORIES:
        a_row(ProcessException, category=category, order=OrderFactory(), subject_kind="payment", subject_id="pay_x")
    assert statements() == few <= 10


def go(client: Client, row: ProcessException) -> str:
    answer = client.get(f"{QUEUE}{row.pk}/go/")
    assert answer.status_code == 302
    return answer["Location"].partition("?")[0]


def test_one_click_leads_to_the_action_that_answers(signed_in: Callable[[Role], Client]) -> None:
    order = OrderLineFactory(order=OrderFactory(status="placed", total=10)).order
    hold = OrderHold.objects.create(order=order, reason="other", placed_by="sam")
    message = a_row(Notification, order=order, status="dead")
    payment = a_row(Payment, order=order, status="authorized")
    refund = a_row(Refund, order=order, status="failed")
    shipment = a_row(Shipment, status="pending")
    page = "/admin/orders/order/{}/do/{}/".format
    cases = {
        ("payment_missing", "order", order.public_id): page(order.pk, "record_payment"),
        ("partly_paid", "order", order.public_id): page(order.pk, "extend"),
        ("out_of_stock", "order_line", order.lines.get().public_id): page(order.pk, "cancel"),
        ("hold_too_old", "order_hold", hold.public_id): f"/admin/orders/orderhold/{hold.pk}/do/release/",
        ("dead_notification", "notification", str(message.pk)): (f"/admin/orders/notification/{message.pk}/do/resend/"),
        ("refund_failed", "refund", refund.public_id): f"/admin/orders/refund/{refund.pk}/do/retry/",
        ("payment_broke_off", "payment", payment.public_id): f"/admin/orders/payment/{payment.pk}/change/",
        ("no_carrier_service", "shipment", shipment.public_id): (
            f"/admin/shipping/shipment/{shipment.pk}/do/want_label/"
        ),
        ("low_rating", "order", order.number): f"/admin/orders/order/{order.pk}/change/",
    }
    client = signed_in(Role.ADMIN)
    for (category, kind, subject), url in cases.items():
        row = ask(category, order_id=None, subject_kind=kind, subject_id=subject)
        ProcessException.objects.filter(pk=row.pk).update(order=order)
        row.refresh_from_db()
        assert go(client, row) == url, category
        assert client.get(url).status_code == 200, category


def test_who_may_not_do_it_is_led_to_the_page_and_else_to_the_question(signed_in: Callable[[Role], Client]) -> None:
    order = OrderFactory(status="placed", total=10)
    row = a_row(ProcessException, category="payment_missing", order=order)
    assert go(signed_in(Role.SUPPORT), row) == f"/admin/orders/order/{order.pk}/change/"
    lost = a_row(ProcessException, category="stuck_label", order=None, subject_kind="nothing", subject_id="1")
    assert go(signed_in(Role.ADMIN), lost) == f"{QUEUE}{lost.pk}/change/"
    assert signed_in(Role.PICKER).get(f"{QUEUE}{lost.pk}/go/").status_code == 403


def test_an_action_that_no_longer_fits_is_not_offered(rf: Any) -> None:
    order = OrderFactory(status="completed", total=0)
    row = a_row(ProcessException, category="payment_missing", order=order)
    request = rf.get("/")
    request.user = User.objects.create_superuser("root")
    assert way_out(row, request) == f"/admin/orders/order/{order.pk}/change/"


def test_every_action_that_a_category_names_exists() -> None:
    from django.contrib import admin

    names = {action.name for page in admin.site._registry.values() for action in getattr(page, "declared", list)()}
    assert {known.action for known in CATEGORIES.values() if known.action} <= names


def test_more_time_and_the_filter_of_what_expires(boss: Client) -> None:
    soon, overdue, paid = (OrderFactory(status=status, total=10) for status in ("placed", "placed", "confirmed"))
    now = timezone.now()
    Order.objects.filter(pk__in=[soon.pk, paid.pk]).update(expires_at=now + timedelta(hours=2))
    Order.objects.filter(pk=overdue.pk).update(expires_at=now - timedelta(hours=2))

    def found(value: str) -> list[int]:
        return [row.pk for row in boss.get("/admin/orders/order/", {"expires": value}).context["cl"].result_list]

    assert (found("day"), found("overdue")) == ([soon.pk], [overdue.pk])
    assert "expires" in boss.get(f"/admin/orders/order/{soon.pk}/change/").content.decode()
    until = timezone.localtime(now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    assert done(act(boss, overdue, "extend", expires_at=until))
    assert (found("day"), found("overdue")) == ([soon.pk], [])
    assert "expires_at" in refusals(act(boss, soon, "extend", expires_at="2020-01-01T10:00"))
