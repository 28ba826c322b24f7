"""One order through every screen, by hand and by scan: a real demo, a real browser, real mails; no shortcuts.

Only placing and tracking go over the API, as in life: a shop and a carrier are programs. The demo that it walks
through begins afresh where another one was, comes back after kills, and is gone without a trace of a process. The
waits are generous: on an idle machine it opens in 15 seconds.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from config.embedded import processes
from config.embedded.paths import DATABASE, PORT, SUPERUSER, Layout
from config.embedded.postgres import Postgres
from tests.demos import Demo, forget

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]
HANDHELD = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
PATIENCE = 30.0  # seconds for worker and mail


class Shop:
    """The demo, as its people see it."""

    def __init__(self, demo: Demo, browser: Browser) -> None:
        self.demo = demo
        self.told = demo.told()
        self._browser = browser
        self.customer = f"ada-{uuid.uuid4().hex[:8]}@example.com"

    def page(self, viewport: dict[str, int]) -> Page:
        """A browser of somebody's own."""
        return self._browser.new_context(base_url=self.demo.url, viewport=viewport, locale="en-GB").new_page()

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the shop's program says and hears."""
        request = urllib.request.Request(
            f"{self.demo.url}/api/v1{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": f"Bearer {self.told['partner']['key']}",
                "Content-Type": "application/json",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))

    def mail(self, word: str) -> dict[str, Any]:
        """The newest mail to the customer with ``word`` in its subject; it may take a moment."""
        found: list[dict[str, Any]] = []

        def has_come() -> bool:
            with urllib.request.urlopen(f"{self.told['mailbox']}?format=json&to={self.customer}", timeout=10) as answer:
                found[:] = [mail for mail in json.load(answer) if word in mail["subject"]]
            return bool(found)

        assert processes.wait_until(has_come, patience=PATIENCE), word
        return found[0]

    def signed_in(self, role: str) -> Page:
        """The back office, as one of the staff."""
        page = self.page(DESK)
        page.goto("/admin/login/")
        page.get_by_label("Username").fill(self.told["staff"][role]["username"])
        page.get_by_label("Password").fill(self.told["staff"][role]["password"])
        page.get_by_role("button", name="Log in").click()
        return page

    def badged(self, role: str) -> Page:
        """The floor, on a handheld, by badge."""
        page = self.page(HANDHELD)
        page.goto("/wh/")
        scan(page, self.told["staff"][role]["badge"])
        expect(page.get_by_role("heading", name="Warehouse")).to_be_visible()
        return page


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """One that starts over; its servers had somebody else's table, and are gone in the end."""
    var = Path(tempfile.mkdtemp(prefix="oms-test-")) / "var"
    var.parent.chmod(0o755)
    leave_something(var)
    demo = Demo(var, "--fresh")
    try:
        assert processes.wait_until(lambda: demo.status("/healthz/ready") == 200, patience=240)
        assert demo.is_fine(patience=60)
        yield demo
        said = demo.stop()
        assert demo.url in said
        assert said.endswith("Stopped.\n")
        for pid in demo.told()["pids"].values():
            assert not processes.is_running(pid)
    finally:
        if demo.process.poll() is None:
            demo.stop()
        forget(var)
        shutil.rmtree(var.parent)


def leave_something(var: Path) -> None:
    """An order management system that was here before: its cluster, and a table that is no longer known."""
    cluster = Postgres(Layout(var))
    cluster.start()
    with psycopg.connect(**at(cluster)) as old:
        old.execute("CREATE TABLE left_behind ()")
    cluster.stop()


def at(cluster: Postgres) -> dict[str, Any]:
    return {"host": str(cluster.socket.parent), "port": PORT, "user": SUPERUSER, "dbname": DATABASE}


@pytest.fixture
def shop(demo: Demo, browser: Browser) -> Iterator[Shop]:
    yield Shop(demo, browser)
    subprocess.run([sys.executable, "manage.py", "audit"], cwd=settings.BASE_DIR, env=demo.environment, check=True)


def scan(page: Page, code: str) -> None:
    """What a keyboard wedge does: types into what has the focus, then Enter."""
    expect(page.locator("input:focus")).to_be_visible()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def until(page: Page, check: Callable[[], bool]) -> None:
    """Reload until the worker has done its part."""
    end = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < end, page.inner_text("main")
        time.sleep(0.5)
        page.reload()


def act(page: Page, button: str, answers: dict[str, str], submit: str) -> None:
    """Press one of the back office's buttons, fill its dialog in, send it."""
    page.get_by_role("link", name=button).first.click()
    dialog = page.locator("#dialog")
    for label, answer in answers.items():
        field = dialog.get_by_label(label).first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(answer)
        else:
            field.fill(answer)
    dialog.get_by_role("button", name=submit).click()
    expect(dialog).to_be_hidden()


def placed(shop: Shop) -> dict[str, Any]:
    address = {"name": "Ada Byron", "line1": "Hauptstr. 1", "city": "Berlin", "postal_code": "10115", "country": "DE"}
    return shop.api(
        "POST",
        "/orders",
        {
            "external_ref": f"journey-{uuid.uuid4().hex[:8]}",
            "channel": "web",
            "currency": "EUR",
            "customer": {"email": shop.customer, "name": "Ada Byron", "language": "en"},
            "shipping_address": address,
            "lines": [{"sku": "MUG-BLUE", "quantity": 2}, {"sku": "TEA-EARL", "quantity": 1}],
            "shipping_method": "standard",
            "payment": {"gateway": "sandbox", "token": "tok_ok"},
        },
    )


def released(shop: Shop, number: str) -> None:
    """A manager finds the order by its number and hands it to the pickers."""
    page = shop.signed_in("warehouse_manager")
    page.goto(f"/admin/warehouse/fulfillmentorder/?q={number}")
    page.locator("#result_list tbody a").first.click()
    act(page, "Release to a pick list", {}, "Release to a pick list")
    expect(page.get_by_text("Pick list", exact=False).first).to_be_visible()


def picked(shop: Shop, number: str) -> None:
    """A picker scans the order's number, then bins and items as the screen says."""
    page = shop.badged("picker")
    scan(page, number)
    page.get_by_role("button", name="Start").click()
    for _ in range(20):
        if page.get_by_text("All done.").count():
            break
        task = page.locator(".task")
        expect(task).to_be_visible()
        is_at_bin = "is-at-bin" in (task.get_attribute("class") or "")
        code = task.locator(".what .code").inner_text().split()[0] if is_at_bin else task.locator(".huge").inner_text()
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            scan(page, code)
        page.wait_for_timeout(200)
        expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_text("All done. Bring the goods to the packing station.")).to_be_visible()


def packed_and_dispatched(shop: Shop, number: str) -> None:
    """A packer scans the goods into the box, weighs it, and hands the labelled parcel over."""
    page = shop.badged("packer")
    scan(page, number)
    expect(page.get_by_role("heading", name=f"Pack {number}")).to_be_visible()
    for sku, said in (
        ("MUG-BLUE", "1 of 2: MUG-BLUE"),
        ("MUG-BLUE", "2 of 2: MUG-BLUE"),
        ("TEA-EARL", "1 of 1: TEA-EARL"),
    ):
        scan(page, sku)
        expect(page.get_by_role("status")).to_contain_text(said)
    weight = page.get_by_label("Weight in grams", exact=False)
    weight.fill("1")
    page.get_by_role("button", name="Seal").click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("The scale says 1 g")
    said = re.search(r"contents say (\d+) g", refusal.inner_text())
    assert said is not None
    weight.fill(said[1])
    page.get_by_role("button", name="Seal").click()
    dispatch = page.get_by_role("button", name="Dispatch")
    until(page, lambda: dispatch.count() > 0)
    dispatch.click()
    expect(page.get_by_text("Dispatched. The customer is told.")).to_be_visible()


def tracked(shop: Shop, number: str, *statuses: str) -> None:
    """The carrier's program tells where the parcel is."""
    shipment = shop.api("GET", f"/orders/{number}?expand=shipments")["shipments"][0]["id"]
    for status in statuses:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        news = {"event_id": f"{shipment}-{status}", "status": status, "occurred_at": moment, "place": "Berlin"}
        shop.api("POST", f"/shipments/{shipment}/tracking-events", news)


def rated_and_sent_back(shop: Shop, link: str) -> Page:
    """The customer, on a phone."""
    page = shop.page(HANDHELD)
    page.goto(link)
    page.get_by_role("radio", name="Good", exact=True).check(force=True)
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("You gave us 4 of 5.")).to_be_visible()
    page.get_by_role("link", name="Send something back").click()
    page.get_by_label("How many?").first.fill("1")
    page.get_by_label("Why?").first.select_option("too_small")
    page.get_by_role("button", name="Request the return").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("return")
    return page


def received_and_inspected(shop: Shop, number: str) -> None:
    """A manager receives the mug, looks at it, and puts it back on the shelf."""
    page = shop.signed_in("warehouse_manager")
    page.goto(f"/admin/returns/return/?q={number}")
    page.locator("#result_list tbody a").first.click()
    act(page, "Receive", {"Arrived": "1"}, "Receive")
    act(page, "Inspect", {"Accepted": "1", "Condition": "new", "Goes to": "restock"}, "Inspect")


def test_what_was_there_before_is_gone(demo: Demo) -> None:
    told = demo.told()
    assert (told["url"], told["mailbox"]) == (demo.url, f"{demo.url}/mailbox/")
    assert set(told["staff"]["picker"]) >= {"username", "password"}
    assert set(told["pids"]) == {"web", "worker", "beat", "mail", "postgresql", "valkey"}
    assert (demo.status("/admin/login/"), demo.status("/mailbox/?format=json")) == (200, 200)
    with psycopg.connect(**at(Postgres(Layout(demo.file.parent)))) as now:
        (table,) = now.execute("SELECT to_regclass('left_behind')").fetchone() or ()
    assert table is None


def test_one_order_through_every_screen(shop: Shop) -> None:
    number = placed(shop)["number"]
    link = re.search(r"http\S+/o/\S+", shop.mail(number)["text"])
    assert link is not None

    released(shop, number)
    picked(shop, number)
    packed_and_dispatched(shop, number)
    shop.mail("on its way")
    tracked(shop, number, "in_transit", "delivered")
    shop.mail("has arrived")
    order = shop.api("GET", f"/orders/{number}")
    assert (order["status"], order["payment_status"], order["fulfillment_status"]) == ("completed", "paid", "delivered")

    page = rated_and_sent_back(shop, link[0])
    received_and_inspected(shop, number)
    shop.mail("back to you")
    order = shop.api("GET", f"/orders/{number}")
    assert (order["payment_status"], order["return_status"]) == ("partially_refunded", "partially_returned")
    assert (order["totals"]["refunded"], order["totals"]["balance"]) == ("12.50", "0.00")
    page.reload()
    expect(page.get_by_role("link", name=re.compile("CN-"))).to_be_visible()


def test_it_comes_back_after_kills_and_is_there_once(demo: Demo) -> None:
    told = demo.told()
    names = ("postgresql", "valkey", "worker", "web")
    killed = {told["pids"][name] for name in names}
    for name in names:
        os.kill(told["pids"][name], signal.SIGKILL)
    assert processes.wait_until(lambda: not killed & set(demo.told()["pids"].values()), patience=90)
    assert demo.is_fine(patience=60)
    second = Demo(demo.file.parent)
    assert "a demo runs here already" in second.process.communicate(timeout=60)[0]
