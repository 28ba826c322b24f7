"""Parcels and returns on the customer's page, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from orders.links import status_path
from orders.models import Order
from returns.models import Return
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_customer_page import assert_accessible, assert_fits
from tests.returns.shops import order

__all__ = ["order"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def english(order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(language="en")
    order.refresh_from_db()
    return order


def ask(page: Page, order: Order) -> None:
    page.goto(status_path(order))
    page.get_by_role("link", name="Send something back").click()
    page.get_by_role("group", name="Mug").get_by_label("How many?").fill("2")


def test_a_return_on_a_phone_without_javascript(new_page: NewPage, english: Order) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    ask(page, english)
    page.get_by_role("button", name="Request the return").click()
    expect(page.get_by_text("Please choose why.")).to_be_visible()
    page.get_by_role("group", name="Mug").get_by_label("Why?").select_option("Too small")
    page.get_by_role("button", name="Request the return").click()

    expect(page.get_by_role("heading", name="Your return", exact=True)).to_be_visible()
    expect(page.get_by_text("Your return is approved. Please send the items back.")).to_be_visible()
    expect(page.get_by_text("We expect to send €25.00 back to you.")).to_be_visible()
    page.get_by_label("Tracking number, if you have one").fill("H1")
    page.get_by_role("button", name="I have sent it").click()
    expect(page.get_by_text("Your return is on its way to us.")).to_be_visible()
    assert Return.objects.get().tracking_number == "H1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_are_accessible(new_page: NewPage, english: Order, scheme: str) -> None:
    page = new_page(viewport=PHONE, color_scheme=scheme)
    ask(page, english)
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Request the return").click()
    assert_accessible(page)
    page.get_by_role("group", name="Mug").get_by_label("Why?").select_option("Too small")
    page.get_by_role("button", name="Request the return").click()
    expect(page.get_by_role("heading", name="Your parcel")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
