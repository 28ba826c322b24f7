"""The order's page of the back office in a real browser: dialogs over it, what they do, and what they refuse."""

from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from orders.models import Order, Partner
from orders.scopes import Scope
from tests.browser.conftest import PHONE, NewPage
from tests.factories.orders import ProductFactory
from tests.factories.shipping import confirmed_order, dispatched, stocked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order() -> Order:
    return confirmed_order([(stocked(ProductFactory(sku="MUG", name="Blue mug"), 10), 2)])


def sign_in(page: Page) -> list[str]:
    """As somebody from support's superior; returns what the browser complains about from now on."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    User.objects.create_superuser("boss", password="correct horse")
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="What waits for somebody")).to_be_visible()
    return complaints


def test_hold_release_and_a_cancellation_that_is_refused(page: Page, order: Order) -> None:
    complaints = sign_in(page)
    page.goto("/admin/orders/order/")
    page.get_by_role("link", name=order.number).click()
    head = page.locator(".desk-head")
    expect(head).to_contain_text("€29.90")
    expect(head).to_contain_text("Authorized")

    page.get_by_role("link", name="Hold").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Reason").select_option("fraud_review")
    dialog.get_by_label("Note").fill("Odd address.")
    dialog.get_by_role("button", name="Hold").click()
    alert = page.locator(".desk-alert-wait")
    expect(alert).to_contain_text("On hold: Fraud review")
    expect(alert).to_contain_text("Odd address.")

    alert.get_by_role("link", name="Release").click()
    dialog.get_by_role("button", name="Release").click()
    expect(page.get_by_text("The hold is released.")).to_be_visible()
    expect(alert).to_have_count(0)

    dispatched(order)  # meanwhile, in the warehouse: the page in front of us is stale
    page.get_by_role("link", name="Cancel…").click()
    dialog.get_by_text("The whole order").click()
    dialog.get_by_role("button", name="Cancel it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Part of this order has left")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog).to_be_hidden()
    assert Order.objects.get().status == "confirmed"
    assert complaints == []


def test_cancel_one_unit_shows_in_the_lines(page: Page, order: Order) -> None:
    sign_in(page)
    page.goto(f"/admin/orders/order/{order.pk}/change/")
    page.get_by_role("link", name="Cancel…").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator(".desk-facts")).to_contain_text("€29.90")
    dialog.get_by_label("Units of MUG to cancel").fill("1")
    dialog.get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("Cancelled: the order is worth €12.50 less.")).to_be_visible()
    expect(page.locator("#lines")).to_contain_text("1 cancelled")
    expect(page.locator(".desk-head")).to_contain_text("€17.40")


def test_a_list_of_boxes_to_tick_is_read_line_by_line(page: Page) -> None:
    partner = Partner.objects.create(code="shop", name="Shop")
    sign_in(page)
    page.goto(f"/admin/orders/partner/{partner.pk}/change/")
    page.get_by_role("link", name="Issue an API key").click()
    boxes = page.locator("#dialog").get_by_role("checkbox")
    expect(boxes).to_have_count(len(Scope))
    lines = page.locator("#dialog label:has(input[type=checkbox])").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(box => [box.top, box.bottom])"
    )
    assert len(lines) == len(Scope)
    assert all(bottom <= top for (_top, bottom), (top, _bottom) in pairwise(lines))
    assert max(bottom - top for top, bottom in lines) < 30
    below = page.locator("#dialog").get_by_label("Requests per minute").bounding_box()
    assert below is not None
    assert below["y"] > lines[-1][1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_on_a_phone(new_page: NewPage, order: Order, scheme: str) -> None:
    page = new_page(viewport=PHONE, color_scheme=scheme)
    sign_in(page)
    for path in ("/admin/", "/admin/orders/order/", f"/admin/orders/order/{order.pk}/change/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_on_a_phone_every_field_of_a_cancellation_is_in_sight(new_page: NewPage, order: Order) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page)
    page.goto(f"/admin/orders/order/{order.pk}/do/cancel/")
    table = page.locator(".desk-action .desk-scroll")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    units = page.get_by_label("Units of MUG to cancel").bounding_box()
    assert units is not None
    assert 0 < units["x"] < units["x"] + units["width"] < PHONE["width"]
    page.goto(f"/admin/orders/order/{order.pk}/change/")
    assert page.locator(".desk-scroll").evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_an_order_of_the_list_takes_two_lines_and_on_a_phone_a_small_card(new_page: NewPage, order: Order) -> None:
    Order.objects.update(external_ref="marketplace-2026-11-24-000000000000000000012345")
    page = new_page(viewport={"width": 1440, "height": 900})
    sign_in(page)
    row = page.locator("#result_list tr.data-row")
    page.goto("/admin/orders/order/")
    assert row.evaluate("row => row.getBoundingClientRect().height") < 60
    page.set_viewport_size({"width": 360, "height": 740})
    assert row.evaluate("row => row.getBoundingClientRect().height") < 140
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_rare_actions_open_by_keyboard_and_the_content_is_a_landmark(page: Page, order: Order) -> None:
    sign_in(page)
    page.goto(f"/admin/orders/order/{order.pk}/change/")
    more = page.get_by_role("button", name="More")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Revoke links…")).to_be_visible()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("main").locator("#order-page")).to_be_visible()


def test_an_action_of_a_row_is_a_button_in_it(page: Page, order: Order) -> None:
    sign_in(page)
    page.goto("/admin/warehouse/stocklevel/")
    page.locator("#result_list").get_by_role("link", name="Adjust").click()
    expect(page.locator("#dialog")).to_contain_text("Adjust MUG in")


def test_the_search_box_finds_the_order(page: Page, order: Order) -> None:
    sign_in(page)
    page.wait_for_load_state("networkidle")  # the shortcut is Alpine's, which comes last
    page.keyboard.press("Control+k")
    box = page.locator("#search-input-command")
    expect(box).to_be_visible()
    box.press_sequentially(order.number[:9])
    page.locator("#command-results").get_by_role("link", name=order.number).click()
    expect(page.locator("#order-page")).to_contain_text(order.number)
