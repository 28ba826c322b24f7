"""Pages in a real Chromium, against a live server."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}

NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, live_server) -> Iterator[NewPage]:
    """Open pages with options of their own: ``new_page(viewport=PHONE, color_scheme="dark")``."""
    contexts: list[BrowserContext] = []

    def open_page(**options: object) -> Page:
        context = browser.new_context(base_url=live_server.url, **{"viewport": DESK, **options})
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page on a desk, in light colours, with JavaScript."""
    return new_page()
