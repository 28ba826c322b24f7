"""The customer's page in a real browser: small screens, no JavaScript, keyboard, both languages, light and dark."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from orders.codes import digits_of
from orders.kernel.actor import SYSTEM
from orders.links import link_token, status_path
from orders.models import AccessCode, Feedback, Notification, Order
from orders.requests import WantedLine
from orders.services.place import place_order
from orders.services.revoke_links import revoke_links
from returns.models import Return, ReturnRule
from tests.browser import orders
from tests.browser.conftest import DESK, PHONE, NewPage
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.shipping import confirmed_order, dispatched, stocked, tell
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from warehouse.models import StockLevel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATES = [
    orders.confirmed,
    orders.on_its_way,
    orders.delivered,
    orders.held,
    orders.cancelled,
    orders.waiting_for_approval,
]


def assert_accessible(page: Page) -> None:
    results = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert results.violations_count == 0, results.generate_report()


def assert_fits(page: Page) -> None:
    """Nothing sticks out to the right: WCAG 2.2, reflow at 320 pixels."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_check_finds_a_planted_fault(page: Page) -> None:
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main></html>')
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("make", STATES)
def test_every_state_fits_a_phone_and_is_accessible(new_page: NewPage, make, language) -> None:
    order = make(language=language)
    for scheme in ("light", "dark"):
        page = new_page(viewport=PHONE, color_scheme=scheme)
        page.goto(status_path(order))
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert_fits(page)
        assert_accessible(page)


def test_the_token_leaves_the_address_bar_and_comes_into_no_request(page: Page) -> None:
    order = orders.confirmed()
    asked = []
    page.goto(status_path(order))
    page.on("request", lambda request: asked.append(request.url + request.headers.get("referer", "")))
    page.reload()

    assert page.url.endswith(f"/o/{order.public_id}")
    assert not [url for url in asked if link_token(order) in url]


def test_a_german_page(page: Page) -> None:
    page.goto(status_path(orders.confirmed(language="de")))

    expect(page.get_by_role("heading", level=1)).to_have_text("Wir stellen Ihre Bestellung zusammen.")
    expect(page.locator(".sums .total")).to_contain_text("42,40 €")
    expect(page.get_by_text("Sie sollte bis")).to_be_visible()


def test_an_order_on_its_way_says_why_a_part_is_late_and_what_now(page: Page) -> None:
    page.goto(status_path(orders.on_its_way()))

    expect(page.get_by_role("heading", level=1)).to_have_text("Part of your order is on its way to you.")
    expect(page.locator(".delay")).to_contain_text("Now expected by")
    expect(page.locator(".badge")).to_have_text(["On its way", "Waiting for stock", "Cancelled"])
    expect(page.locator(".steps [aria-current=step]")).to_have_text("On its way")
    expect(page.get_by_text("We charged €29.90.")).to_be_visible()
    expect(page.get_by_role("link", name="Cancel this order")).to_have_count(0)


def test_feedback_by_keyboard_without_javascript(new_page: NewPage) -> None:
    order = orders.delivered()
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(status_path(order))

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.get_by_role("radio", name="Good", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name="Well packed").focus()
    page.keyboard.press("Space")
    page.get_by_label("Anything else?").fill("Lovely mug")
    page.get_by_role("button", name="Send feedback").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("You gave us 4 of 5.")).to_be_visible()
    given = Feedback.objects.get()
    assert (given.order, given.rating, given.tags, given.comment) == (order, 4, ["well_packed"], "Lovely mug")


def test_feedback_without_a_rating_says_so_and_keeps_the_words(new_page: NewPage) -> None:
    page = new_page(viewport=PHONE)
    page.goto(status_path(orders.delivered()))
    page.get_by_label("Anything else?").fill("Lovely mug")
    page.get_by_role("button", name="Send feedback").click()

    expect(page.get_by_text("Please choose one of the five.")).to_be_visible()
    expect(page.get_by_label("Anything else?")).to_have_value("Lovely mug")
    assert_accessible(page)
    assert not Feedback.objects.exists()


def test_feedback_twice_is_told_kindly(new_page: NewPage) -> None:
    order = orders.delivered()
    tabs = [new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(status_path(order))
        tab.get_by_role("radio", name="Great", exact=True).check(force=True)
    for tab in tabs:
        tab.get_by_role("button", name="Send feedback").click()

    expect(tabs[1].get_by_role("alert")).to_have_text("We have your feedback already. Thank you!")
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize("viewport", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_expired_link_offers_a_new_one(new_page: NewPage, viewport, scheme) -> None:
    order = orders.confirmed()
    page = new_page(viewport=viewport, color_scheme=scheme)
    old = status_path(order)
    revoke_links(order.pk, by=SYSTEM)

    answer = page.goto(old)

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
    assert_fits(page)
    assert_accessible(page)
    page.get_by_label("Your e-mail address").fill(order.email)
    page.get_by_role("button", name="Send me a new link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    assert_accessible(page)
    assert Notification.objects.get().template == "orders/mail/link"


def test_the_expired_page_speaks_the_browsers_language(new_page: NewPage) -> None:
    page = new_page(locale="de-DE")
    page.goto("/o/or_0")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dieser Link ist abgelaufen")


def type_the_code(page: Page, order: Order, *, send: str, label: str, go_on: str) -> None:
    """As a customer does who reads the mail; asked again within a minute, the same code holds."""
    button = page.get_by_role("button", name=send)
    if button.count():
        button.click()
    page.get_by_label(label).fill(digits_of(AccessCode.objects.filter(order=order).latest("id").public_id))
    page.get_by_role("button", name=go_on).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_before_cancelling_fits_and_can_be_answered_with_no(new_page: NewPage, scheme: str) -> None:
    order = orders.confirmed()
    page = new_page(viewport=PHONE, color_scheme=scheme, java_script_enabled=False)
    page.goto(status_path(order))
    page.get_by_role("link", name="Cancel this order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    assert_fits(page)
    type_the_code(page, order, send="Send me a code", label="The code from our mail", go_on="Go on")

    expect(page.get_by_role("heading", level=1)).to_have_text("Cancel the whole order?")
    expect(page.get_by_text("You will not be charged.")).to_be_visible()
    page.get_by_role("link", name="No, keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We are getting your order ready.")
    assert Order.objects.get().status == "confirmed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_that_asks_for_a_code_is_accessible(new_page: NewPage, scheme: str) -> None:
    order = orders.confirmed(language="de")
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(status_path(order))
    page.get_by_role("link", name="Diese Bestellung stornieren").click()
    assert_accessible(page)
    page.get_by_role("button", name="Code senden").click()
    assert_accessible(page)
    page.get_by_label("Der Code aus unserer E-Mail").fill("123 45")
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_text("Das ist nicht der Code", exact=False)).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    assert Order.objects.get().status == "confirmed"


def test_a_double_click_cancels_once(new_page: NewPage) -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=10)
    order = place_order(an_order(WantedLine(sku="MUG", quantity=2), payment=PAID), by=SYSTEM)
    tabs = [new_page(viewport=PHONE) for _ in range(2)]
    for tab in tabs:
        tab.goto(status_path(order))
        tab.get_by_role("link", name="Diese Bestellung stornieren").click()
        type_the_code(tab, order, send="Code senden", label="Der Code aus unserer E-Mail", go_on="Weiter")
        AccessCode.objects.all().update(created_at=timezone.now() - timedelta(minutes=5))

    tabs[0].get_by_role("button", name="Ja, Bestellung stornieren").dblclick()
    expect(tabs[0].get_by_role("heading", level=1)).to_have_text("Ihre Bestellung wurde storniert.")
    tabs[1].get_by_role("button", name="Ja, Bestellung stornieren").click()

    expect(tabs[1].get_by_role("alert")).to_have_text("Diese Bestellung kann nicht mehr storniert werden.")
    expect(tabs[1].get_by_role("heading", level=1)).to_have_text("Ihre Bestellung wurde storniert.")
    assert_accessible(tabs[1])
    assert order.cancellations.count() == 1
    assert StockLevel.objects.get().allocated == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_parcels_and_a_return_on_a_small_screen(new_page: NewPage, scheme) -> None:
    ReturnRule.objects.create(name="Thirty days")
    mug, towel = (stocked(ProductFactory(name=name)) for name in ("Blue mug", "Tea towel"))
    order = confirmed_order([(mug, 2), (towel, 1)])
    shipment = dispatched(order, parcels=2)
    tell(shipment, "delivered")
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(status_path(order))

    expect(page.get_by_role("heading", name="Paket 1 von 2")).to_be_visible()
    expect(page.get_by_role("heading", name="Paket 2 von 2")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("link", name="Etwas zurücksenden").click()
    assert_fits(page)
    assert_accessible(page)
    page.get_by_label("Wie viele?").first.fill("1")
    page.get_by_label("Warum?").first.select_option("too_small")
    page.get_by_role("button", name="Rücksendung anfragen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Rücksendung läuft.")
    expect(page.get_by_text("Ihre Rücksendung ist genehmigt", exact=False).first).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    assert Return.objects.get().status == "approved"


def test_a_brands_colours_stay_readable(new_page: NewPage) -> None:
    order = orders.waiting_for_approval()
    for colour in ("#ffd166", "#ffffff", "#000000", "#777777", "red; } body { display: none"):
        order.channel.brand_colour = colour[:7]
        order.channel.save()
        page = new_page()
        page.goto(status_path(order))
        assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sandbox_gateways_page(new_page: NewPage, scheme) -> None:
    order = orders.waiting_for_approval()
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(f"/sandbox/pay/{order.payments.get().public_id}")

    expect(page.get_by_text("Sandbox: no real money moves")).to_be_visible()
    expect(page.locator(".sums .total")).to_contain_text("€29.90")
    assert_fits(page)
    assert_accessible(page)


def test_no_page_runs_a_script_or_breaks_the_content_security_policy(page: Page) -> None:
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(status_path(orders.delivered()))
    assert complaints == []
    assert page.locator("script, [style], [onclick]").count() == 0
