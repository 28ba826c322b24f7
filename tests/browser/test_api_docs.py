"""The API's documentation in a browser: offline, and within the content security policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_docs_are_drawn_from_our_own_files_only(page: Page, live_server) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto("/api/docs")
    expect(page.get_by_role("heading", name="OMS partner API")).to_be_visible(timeout=30_000)
    page.locator("#operations-orders-place_order").get_by_role("button").first.click()
    expect(page.get_by_role("paragraph").filter(has_text="Place an order: its stock is reserved")).to_be_visible()

    assert complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(28, 32, 34)")])
def test_the_docs_follow_the_colours_of_the_reader(new_page: NewPage, scheme: str, ground: str) -> None:
    page = new_page(color_scheme=scheme)
    page.goto("/api/docs")
    expect(page.get_by_role("heading", name="OMS partner API")).to_be_visible(timeout=30_000)
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == ground
