"""Hold rules in the back office: a form for each kind, sentences, history, and a trial on real orders."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.kernel.actor import SYSTEM
from orders.models import HoldRule, HoldRuleChange, Order
from orders.requests import WantedLine
from orders.roles import Role
from orders.services.place import place_order
from orders.states import RuleKind
from tests.admin.test_settings import sent
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order
from tests.orders.rules import above, velocity

pytestmark = pytest.mark.django_db
ADD = "/admin/orders/holdrule/add/"


def errors(answer: Any) -> set[str]:
    return set(answer.context["adminform"].form.errors)


def test_first_the_kind_then_its_form(boss: Client) -> None:
    page = boss.get(ADD).content.decode()
    for kind in RuleKind:
        assert f'href="?kind={kind.value}"' in page
        form = boss.get(f"{ADD}?kind={kind.value}").context["adminform"].form
        common = {"name", "is_active", "channel", "reason", "priority", "release_after_hours"}
        assert set(form.fields) == common | set(HoldRule.ASKS[kind])
    assert not HoldRule.objects.exists()


def test_a_new_rule_and_a_changed_one_with_their_history(boss: Client) -> None:
    ChannelFactory()
    url = f"{ADD}?kind=first_order_above"
    answer = boss.post(url, sent(boss, url, name="New buyers", amount="500", currency="eur"))
    assert answer.status_code == 302, errors(answer)
    rule = HoldRule.objects.get()
    assert (rule.kind, rule.amount, rule.currency) == ("first_order_above", Decimal(500), "EUR")

    url = f"/admin/orders/holdrule/{rule.pk}/change/"
    assert boss.post(url, sent(boss, url, amount="300")).status_code == 302
    page = boss.get(url).content.decode()
    assert "Hold orders above €300.00 when it is the customer&#x27;s first order: Fraud review." in page
    assert "boss: Amount: 500.000 → 300.000" in page
    assert HoldRuleChange.objects.count() == 2
    assert "Hold orders above €300.00" in boss.get("/admin/orders/holdrule/").content.decode()


@pytest.mark.parametrize(
    ("kind", "answers", "wrong"),
    [
        ("amount_above", {"currency": "EUR"}, {"amount"}),
        ("amount_above", {"amount": "5"}, {"currency"}),
        ("amount_above", {"amount": "-1", "currency": "EUR"}, {"amount"}),
        ("amount_above", {"amount": "5", "currency": "XXX"}, {"currency"}),
        ("amount_above", {"amount": "5.001", "currency": "EUR"}, {"amount"}),
        ("velocity", {"counted": "orders", "same": "email", "times": "1", "within_hours": "2"}, {"times"}),
        ("velocity", {}, {"counted", "same", "times", "within_hours"}),
        ("countries", {"countries": "DE,XY"}, {"countries"}),
        ("countries", {}, {"countries"}),
        ("products", {}, {"skus"}),
        ("blocked_contact", {"contacts": "example.com"}, {"contacts"}),
        ("address_incomplete", {"release_after_hours": "0"}, {"release_after_hours"}),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    boss: Client, kind: str, answers: dict[str, str], wrong: set[str]
) -> None:
    url = f"{ADD}?kind={kind}"
    answer = boss.post(url, sent(boss, url, name="x", **answers))
    assert errors(answer) == wrong
    assert not HoldRule.objects.exists()
    assert not HoldRuleChange.objects.exists()


def test_lists_are_written_as_people_write_them(boss: Client) -> None:
    url = f"{ADD}?kind=blocked_contact"
    assert boss.post(url, sent(boss, url, name="x", contacts="A@X.example, @Bad.example")).status_code == 302
    assert HoldRule.objects.get().contacts == ["a@x.example", "@bad.example"]


def test_who_may_read_and_who_may_change(signed_in: Callable[[Role], Client]) -> None:
    rule = above()
    pages = (
        "/admin/orders/holdrule/",
        f"/admin/orders/holdrule/{rule.pk}/change/",
        f"/admin/orders/holdrule/{rule.pk}/trial/",
        "/admin/orders/holdrulechange/",
        ADD,
    )
    browsers = {role: signed_in(role) for role in Role}
    seen = {role: [browser.get(url).status_code for url in pages] for role, browser in browsers.items()}
    assert seen.pop(Role.ADMIN) == [200, 200, 200, 200, 200]
    assert seen.pop(Role.FINANCE) == [200, 200, 200, 200, 403]
    assert set(map(tuple, seen.values())) == {(403, 403, 403, 403, 403)}


def test_finance_reads_and_changes_nothing(signed_in: Callable[[Role], Client]) -> None:
    rule = above()
    answer = signed_in(Role.FINANCE).post(f"/admin/orders/holdrule/{rule.pk}/change/", {"name": "gone"})
    rule.refresh_from_db()
    assert (answer.status_code, rule.name) == (403, "amount_above")


def test_nobody_deletes_a_rule(boss: Client) -> None:
    rule = above()
    assert boss.post(f"/admin/orders/holdrule/{rule.pk}/delete/", {"post": "yes"}).status_code == 403
    assert HoldRule.objects.exists()


@pytest.fixture
def orders() -> list[Order]:
    """Three orders: 17.40, 29.90 and 42.40, the last by somebody else."""
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=100)
    return [place_order(an_order(WantedLine(sku="MUG", quantity=n)), by=SYSTEM) for n in (1, 2, 3)]


def test_a_trial_names_what_the_rule_would_have_held(boss: Client, orders: list[Order]) -> None:
    page: Any = boss.get(reverse("admin:orders_holdrule_trial", args=[above("29.90", name="big").pk]))
    assert [hit.order.pk for hit in page.context["trial"].hits] == [orders[2].pk]
    assert "It would have held 1 of the newest 3 orders." in page.content.decode()
    assert "The order comes to €42.40." in page.content.decode()
    # The past is that of each order: of three by one customer the third was the third.
    page = boss.get(reverse("admin:orders_holdrule_trial", args=[velocity(times=3).pk]))
    assert [hit.order.pk for hit in page.context["trial"].hits] == [orders[2].pk]


def test_a_trial_of_many_orders_costs_as_much_as_one_of_few(boss: Client, orders: list[Order]) -> None:
    url = reverse("admin:orders_holdrule_trial", args=[velocity(times=99).pk])
    boss.get(url)
    with CaptureQueriesContext(connection) as few:
        boss.get(url)
    for _ in range(10):
        place_order(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)
    with CaptureQueriesContext(connection) as many:
        boss.get(url)
    assert len(many) == len(few)


def test_a_hold_on_the_orders_page_says_which_rule_why_and_what_to_do(
    signed_in: Callable[[Role], Client], orders: list[Order]
) -> None:
    rule = above("1.00", name="Big ones")
    order = place_order(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)
    url = f"/admin/orders/order/{order.pk}/change/"
    page = signed_in(Role.SUPPORT).get(url).content.decode()
    assert "The order comes to €17.40." in page
    assert "Big ones" in page
    assert "Check customer, address and payment; then release the hold or cancel." in page
    link = f'href="/admin/orders/holdrule/{rule.pk}/change/"'
    assert link not in page
    assert link in signed_in(Role.FINANCE).get(url).content.decode()
