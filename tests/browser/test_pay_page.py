"""The page of a payment link in a real browser: phone first, without JavaScript, by keyboard, light and dark."""

import pytest
from playwright.sync_api import Page, expect

from orders.kernel.actor import SYSTEM
from orders.links import payment_url
from orders.models import Channel, Order, PaymentLink
from orders.requests import WantedLine
from orders.services.place import place_order
from orders.services.send_payment_link import send_payment_link
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_customer_page import assert_accessible, assert_fits
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.value import ANN, credit_of
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def link(live_server, settings) -> PaymentLink:
    settings.SITE_URL = live_server.url
    ShippingMethodFactory()
    Channel.objects.filter(pk=ChannelFactory().pk).update(
        seller_name="Blue Mug GmbH", seller_iban="DE02120300000000202051"
    )
    StockLevelFactory(product=ProductFactory(sku="MUG", name="Blue mug with a wide handle"), on_hand=10)
    credit_of("ada@example.com", "5.00")
    order = place_order(an_order(WantedLine(sku="MUG", quantity=2)), by=SYSTEM)
    Order.objects.filter(pk=order.pk).update(language="en")
    send_payment_link(order.pk, by=ANN)
    return PaymentLink.objects.select_related("order").get()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_fit_a_phone_and_are_accessible(
    new_page: NewPage, link: PaymentLink, language: str, scheme: str
) -> None:
    Order.objects.update(language=language, number="MWMW-WMWM-W")
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(payment_url(link))
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert "t=" not in page.url
    assert_fits(page)
    assert_accessible(page)
    page.locator("input[value=manual]").check()
    page.locator(".pay-ways button").click()
    expect(page.get_by_text("DE02 1203 0000 0000 2020 51")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    page.locator("input[value=sandbox]").check()
    page.locator(".pay-ways button").click()
    expect(page.locator("input[value=tok_decline]")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)


def test_paid_by_keyboard_without_javascript(new_page: NewPage, link: PaymentLink) -> None:
    page: Page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(payment_url(link))
    page.get_by_role("button", name="Use €5.00 of your credit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please pay €24.90")

    page.get_by_role("radio", name="Card (sandbox: no real money moves)").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a test card")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Everything is paid.")
    order = Order.objects.get()
    assert (order.status, order.payment_status) == ("confirmed", "authorized")
