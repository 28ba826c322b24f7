"""The order editor in a real browser: a phone order by keyboard, a change with its preview, two agents at once."""

from decimal import Decimal as D
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from orders.change_requests import SetContact
from orders.kernel.actor import Actor, ActorKind
from orders.models import Order, OrderLine
from orders.services.change import change_order
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_admin_order import sign_in
from tests.factories.orders import CustomerFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import confirmed_order, stocked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAUL = Actor(kind=ActorKind.STAFF, name="paul")


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    stocked(ProductFactory(sku="MUG", name="Blue mug", gtin="4006381333931"), 10)
    stocked(ProductFactory(sku="CUP", name="Small cup", price=D("3.33"), gtin="4006381333900"), 10)
    CustomerFactory(name="Grace Hopper", email="grace@example.com", phone="+49 30 1234567")


@pytest.fixture
def order(shop: None) -> Order:
    return confirmed_order([(ProductFactory._meta.model.objects.get(sku="MUG"), 2)])


def violations(page: Page) -> list[str]:
    found: Any = Axe().run(page, context="#editor")
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found.response["violations"]]


def fill_where(page: Page) -> None:
    page.get_by_label("Street and number").first.fill("Hauptstr. 1")
    page.get_by_label("City").first.fill("Berlin")
    page.get_by_label("Postcode").first.fill("10115")
    page.locator("#f-ship_name").fill("Grace Hopper")
    page.locator("#f-method").select_option("standard")


def test_a_phone_order_by_keyboard_from_empty_to_placed(page: Page, shop: None) -> None:
    complaints = sign_in(page)
    page.goto("/admin/orders/order/")
    page.get_by_role("link", name="New order").click()
    expect(page.locator("#f-who")).to_be_focused()
    page.keyboard.type("030 1234567")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Grace Hopper").press("Enter")
    expect(page.locator("#f-product")).to_be_focused()
    for _scan in range(2):
        page.keyboard.type("4006381333931")
        page.keyboard.press("Enter")
        expect(page.locator("#f-product")).to_have_value("")
        expect(page.locator("#f-product")).to_be_focused()
    expect(page.locator("#f-quantity-0")).to_have_value("2")
    expect(page.locator("#editor-panel")).to_contain_text("Say where it goes before it is placed.")
    fill_where(page)
    side = page.locator("#editor-panel")
    expect(side).to_contain_text("€29.90")
    expect(side).to_contain_text("2 reserved")
    expect(side).to_contain_text("What the customer will read")
    page.locator("#f-quantity-0").fill("12")
    expect(side).to_contain_text("MUG: 10 available.")
    page.locator("#f-quantity-0").fill("many")
    expect(page.locator("#e-quantity-0")).to_have_text("Give a whole number of units.")
    page.locator("#f-quantity-0").fill("3")
    expect(side).to_contain_text("€42.40")
    assert violations(page) == []
    page.locator("#f-gateway").select_option("sandbox")
    page.locator("#f-token").fill("tok_ok")
    expect(side).to_contain_text("€42.40")
    page.get_by_role("button", name="Place the order").click()
    expect(page.locator(".desk-head")).to_contain_text("Confirmed")
    order = Order.objects.get()
    assert (order.status, order.total, order.email) == ("confirmed", D("42.40"), "grace@example.com")
    assert complaints == []


def test_a_placed_order_is_changed_with_its_preview(page: Page, order: Order) -> None:
    complaints = sign_in(page)
    page.goto(f"/admin/orders/order/{order.pk}/change/")
    page.get_by_role("link", name="Change…").click()
    page.locator("#f-quantity-0").fill("1")
    side = page.locator("#editor-panel")
    expect(side).to_contain_text("Blue mug: 1 instead of 2")
    expect(side).to_contain_text("€12.50 of what is reserved is given free.")
    assert violations(page) == []
    page.get_by_role("button", name="Change the order").click()
    expect(page.locator("#order-page")).to_contain_text("Order changed")
    assert OrderLine.objects.get().active == 1
    assert complaints == []


def test_two_agents_at_once(page: Page, order: Order) -> None:
    sign_in(page)
    page.goto(f"/admin/orders/order/{order.pk}/edit/")
    change_order(order.pk, [SetContact(phone="0301234567")], by=PAUL)
    page.locator("#f-quantity-0").fill("1")
    side = page.locator("#editor-panel")
    expect(side).to_contain_text("Somebody else changed it meanwhile.")
    expect(side).to_contain_text("Order changed (paul)")
    page.get_by_role("button", name="Take that over and keep what I typed").click()
    expect(page.locator("#f-phone")).to_have_value("0301234567")
    expect(page.locator("#f-quantity-0")).to_have_value("1")
    expect(side).to_contain_text("Blue mug: 1 instead of 2")
    page.get_by_role("button", name="Change the order").click()
    expect(page.locator("#order-page")).to_contain_text("Order changed")
    assert (OrderLine.objects.get().active, Order.objects.get().phone) == (1, "0301234567")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE["width"], 390, 1280])
def test_nothing_sticks_out_and_axe_finds_nothing(new_page: NewPage, order: Order, scheme: str, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page)
    page.goto(f"/admin/orders/order/{order.pk}/edit/")
    page.locator("#f-quantity-0").fill("3")
    expect(page.locator("#editor-panel")).to_contain_text("will be owed")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert violations(page) == []
    page.goto("/admin/orders/order/new/")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert violations(page) == []
