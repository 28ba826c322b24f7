"""Rules of sourcing in the back office, what they would do, and why an order's goods come from where they come from."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.kernel.actor import SYSTEM
from orders.models import Order
from orders.requests import WantedLine
from orders.roles import Role
from orders.services.place import place_order
from tests.admin.acting import act, done, refusal
from tests.admin.test_settings import sent
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import confirmed_order, stocked
from tests.factories.warehouse import StockLevelFactory, WarehouseFactory, usual_rules
from tests.orders.requests import PAID, an_order
from warehouse.models import FulfillmentOrder, SourcingDecision, SourcingRule

pytestmark = pytest.mark.django_db
LIST = "/admin/warehouse/sourcingrule/"


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    usual_rules()


def url_of(kind: str) -> str:
    return f"{LIST}{SourcingRule.objects.get(kind=kind, channel=None).pk}/"


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


@pytest.fixture
def two_warehouses() -> Order:
    """Mugs in Berlin and Hamburg, and an order that came from Berlin by its priority."""
    ShippingMethodFactory()
    mug = ProductFactory(sku="MUG")
    for code, priority in (("BER", 1), ("HAM", 2)):
        StockLevelFactory(product=mug, warehouse=WarehouseFactory(code=code, priority=priority), on_hand=10)
    return place_order(an_order(WantedLine(sku="MUG", quantity=2), payment=PAID), by=SYSTEM)


def test_what_holds_from_the_beginning(boss: Client) -> None:
    page = boss.get(LIST).content.decode()
    assert "The fewer parcels, the better." in page
    on = SourcingRule.objects.filter(is_active=True).values_list("kind", flat=True)
    assert list(on) == ["fewest_parcels", "priority", "closest"]


def test_an_order_follows_a_changed_rule_at_once(boss: Client, two_warehouses: Order) -> None:
    url = f"{url_of('capacity')}change/"
    assert boss.post(url, sent(boss, url, is_active="on", keep_free="5", position="1")).status_code == 302
    rule = SourcingRule.objects.get(kind="capacity")
    assert (rule.is_active, rule.position, rule.parameters) == (True, 1, {"keep_free": 5})
    WarehouseFactory(code="BER").__class__.objects.filter(code="BER").update(capacity_per_day=6)

    place_order(an_order(WantedLine(sku="MUG", quantity=1), payment=PAID), by=SYSTEM)

    latest = SourcingDecision.objects.order_by("-pk")[0]
    assert (latest.reason["chosen"], latest.reason["rules"][0]) == (
        {"from": ["HAM"], "scores": [0, 1, [2], 300]},
        ["capacity", {"keep_free": 5}],
    )
    assert latest.reason["others"] == [{"from": ["BER"], "scores": [1, 1, [1], 300]}]


@pytest.mark.parametrize(
    ("kind", "answers", "wrong"),
    [
        ("closest", {"step_km": "0"}, "step_km"),
        ("closest", {"step_km": ""}, "step_km"),
        ("capacity", {"keep_free": "-1"}, "keep_free"),
        ("safety_stock", {"units": "x"}, "units"),
        ("cheapest", {"costs": "BER DE"}, "costs"),
        ("cheapest", {"costs": "BER XY 4"}, "costs"),
        ("cheapest", {"costs": "BER DE 4\nBER de 5"}, "costs"),
        ("cheapest", {"costs": "BER DE four"}, "costs"),
        ("cheapest", {"costs": "BER DE 4.10"}, "costs"),
        ("cheapest", {"costs": "NOWHERE * 4.10"}, "costs"),
        ("cheapest", {"is_active": "on"}, "costs"),
        ("priority", {"position": "-1"}, "position"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(boss: Client, kind: str, answers: dict[str, str], wrong: str) -> None:
    WarehouseFactory(code="BER")
    before = list(SourcingRule.objects.values())
    url = f"{url_of(kind)}change/"
    answer = boss.post(url, sent(boss, url, **answers))
    assert set(errors(answer)) == {wrong}
    assert list(SourcingRule.objects.values()) == before


def test_costs_are_written_as_people_write_them(boss: Client) -> None:
    WarehouseFactory(code="BER")
    url = f"{url_of('cheapest')}change/"
    assert boss.post(url, sent(boss, url, is_active="on", costs="BER de 4,10\nBER * 12")).status_code == 302
    assert SourcingRule.objects.get(kind="cheapest").parameters == {"costs": {"BER": {"DE": "4.10", "*": "12"}}}
    assert "BER DE 4.10\nBER * 12" in boss.get(url).content.decode()


def test_a_channel_may_have_a_rule_of_its_own_and_lose_it_again(boss: Client) -> None:
    channel = ChannelFactory()
    assert 'href="?kind=closest"' in boss.get(f"{LIST}add/").content.decode()
    url = f"{LIST}add/?kind=closest"
    again = boss.post(url, sent(boss, url, position="1"))
    assert set(errors(again)) == {"channel"}
    made = boss.post(url, sent(boss, url, position="1", channel=str(channel.pk), step_km="100", is_active="on"))
    assert made.status_code == 302, errors(made)
    own = SourcingRule.objects.get(channel=channel)
    assert (own.kind, own.parameters, own.position) == ("closest", {"step_km": 100}, 1)

    assert boss.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not SourcingRule.objects.filter(channel=channel).exists()
    assert boss.post(f"{url_of('closest')}delete/", {"post": "yes"}).status_code == 403
    assert SourcingRule.objects.count() == 6


def test_the_order_of_all_is_changed_in_the_list(boss: Client) -> None:
    rows = list(SourcingRule.objects.order_by("position", "id"))
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for i, row in enumerate(rows):
        data |= {f"form-{i}-id": row.pk, f"form-{i}-position": 100 - i}
        if row.kind in ("closest", "priority"):
            data[f"form-{i}-is_active"] = "on"
    assert boss.post(LIST, data).status_code == 302
    on = SourcingRule.objects.filter(is_active=True).order_by("position")
    assert list(on.values_list("kind", flat=True)) == ["closest", "priority"]

    data |= {f"form-{i}-is_active": "on" for i in range(len(rows))}
    refused = boss.post(LIST, data)
    assert refused.status_code == 200
    assert "Say what a parcel costs" in refused.content.decode()
    assert SourcingRule.objects.filter(is_active=True).count() == 2


def test_a_rule_is_tried_out_on_the_newest_orders(boss: Client, two_warehouses: Order) -> None:
    url = f"{url_of('priority')}trial/"
    SourcingRule.objects.filter(kind="safety_stock").update(position=1, parameters={"units": 10})
    page = boss.get(url)
    (tried,) = page.context["trial"].tried
    assert (tried.order, tried.now, tried.with_rules, tried.switched) == (two_warehouses, "BER", "BER", "BER")
    assert "It makes a difference for 0 of the newest 1 orders" in page.content.decode()

    WarehouseFactory(code="HAM").__class__.objects.filter(code="HAM").update(address={"postal_code": "10115"})
    (tried,) = boss.get(url).context["trial"].tried
    assert (tried.with_rules, tried.switched, tried.differs) == ("BER", "HAM", True)
    with CaptureQueriesContext(connection) as few:
        boss.get(url)
    for _ in range(5):
        place_order(an_order(WantedLine(sku="MUG", quantity=1), payment=PAID), by=SYSTEM)
    with CaptureQueriesContext(connection) as more:
        boss.get(url)
    assert len(more) == len(few)


def test_who_may_read_and_who_may_change(signed_in: Callable[[Role], Client]) -> None:
    pages = (LIST, f"{url_of('closest')}change/", f"{url_of('closest')}trial/", f"{LIST}add/")
    browsers = {role: signed_in(role) for role in Role}
    seen = {role: [browser.get(url).status_code for url in pages] for role, browser in browsers.items()}
    assert seen.pop(Role.ADMIN) == seen.pop(Role.WAREHOUSE_MANAGER) == [200, 200, 200, 200]
    assert seen.pop(Role.SUPPORT) == [200, 200, 200, 403]
    assert set(map(tuple, seen.values())) == {(403, 403, 403, 403)}


def test_the_order_says_why_from_there_and_what_would_change_it(boss: Client, two_warehouses: Order) -> None:
    page = boss.get(f"/admin/orders/order/{two_warehouses.pk}/change/").content.decode()
    assert "Why from there" in page
    assert (
        "BER, because the rule «Priority of the warehouses» puts it before HAM: priority 1 instead of priority 2."
        in page
    )
    assert "No rule likes it better." in page


def test_what_is_lacking_and_which_rule_would_change_it(boss: Client) -> None:
    ShippingMethodFactory()
    mug, cup = ProductFactory(sku="MUG"), ProductFactory(sku="CUP")
    ber, ham = WarehouseFactory(code="BER", priority=1), WarehouseFactory(code="HAM", priority=2)
    muc = WarehouseFactory(code="MUC", priority=3, address={"postal_code": "10115"})
    for product, place in ((mug, ber), (mug, ham), (cup, ham), (mug, muc), (cup, muc)):
        StockLevelFactory(product=product, warehouse=place, on_hand=5)
    wanted = [WantedLine(sku="MUG", quantity=1), WantedLine(sku="CUP", quantity=2)]
    order = place_order(an_order(*wanted, payment=PAID), by=SYSTEM)

    page = boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert "BER comes first by the other rules, but lacks 2 × CUP." in page
    assert "It would be preferred if «Closest» stood before «Priority of the warehouses»." in page


def test_work_is_sourced_elsewhere_by_staff(boss: Client) -> None:
    mug = stocked(stocked(ProductFactory(sku="MUG"), 5), 5, warehouse="HAM")
    order = confirmed_order([(mug, 2)])
    row = FulfillmentOrder.objects.get(order=order)
    assert done(act(boss, row, "reject", reason="no_capacity"))
    assert [work.warehouse.code for work in FulfillmentOrder.objects.filter(status="open") if work.warehouse] == ["HAM"]
    assert "said no" in boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()


def test_the_policy_is_changed_by_staff(boss: Client) -> None:
    order = confirmed_order([(stocked(ProductFactory(sku="MUG"), 5), 2)])
    assert done(act(boss, order, "policy", shipping_policy="ship_complete"))
    order.refresh_from_db()
    assert order.shipping_policy == "ship_complete"
    assert (
        "Nothing leaves before all of it is there"
        in boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    )
    assert "changed meanwhile" in refusal(act(boss, order, "policy", shipping_policy="ship_as_available", version="1"))
