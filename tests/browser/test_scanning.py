"""The floor with a keyboard wedge: a scanned pick and pack, the way people at the shelf do it."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from playwright.sync_api import Page, Route, expect

from config.roles import GRANTS
from orders.models import Order
from orders.roles import Role
from shipping.services.buy_label import buy_label
from tests.browser.conftest import DESK, NewPage
from tests.browser.test_customer_page import assert_accessible, assert_fits
from tests.factories.shipping import CarrierServiceFactory
from tests.factories.warehouse import BinFactory, BoxTypeFactory, PackingMaterialFactory
from tests.warehouse.scenes import assert_books_agree, on_a_list, ordered, packed, picked, sealed, stocked
from warehouse.models import Package, PickTask, ScanEvent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HANDHELD = {"width": 360, "height": 740}
PASSWORD = "let-me-in-please"


@pytest.fixture
def people(transactional_db: None) -> None:
    """A picker and packer; the flush after each test also takes the roles, so they are granted anew."""

    group, _ = Group.objects.get_or_create(name=Role.WAREHOUSE_MANAGER.value)
    rights = [right.split(".") for right in GRANTS[Role.WAREHOUSE_MANAGER]]
    for app, codename in rights:
        group.permissions.add(*Permission.objects.filter(content_type__app_label=app, codename=codename))
    user = get_user_model().objects.create_user("petra", password=PASSWORD, is_staff=True)
    user.groups.add(group)


def log_in(page: Page) -> None:
    page.goto("/wh/")
    page.get_by_label("Name").fill("petra")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Warehouse")).to_be_visible()


def scan(page: Page, code: str) -> None:
    """What the wedge does once the screen is there: types into whatever has the focus, then Enter."""
    expect(page.locator("#code")).to_be_focused()
    wedge(page, code)


def wedge(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("java_script", [True, False])
def test_a_scanned_pick_and_pack(people: None, new_page: NewPage, java_script: bool) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01", walk_sequence=1), sku="MUG", gtin="4006381333931", name="Blue mug")
    cup = stocked(5, bin=BinFactory(code="B-02", walk_sequence=2), sku="CUP", name="Cup")
    BoxTypeFactory()
    PackingMaterialFactory()
    CarrierServiceFactory()
    order = ordered((mug, 2), (cup, 1))
    on_a_list(order)
    page = new_page(viewport=HANDHELD, java_script_enabled=java_script)
    log_in(page)

    page.get_by_role("link", name=order.number).click()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Go to bin")).to_be_visible()

    scan(page, "B-99")
    expect(page.get_by_role("alert")).to_contain_text("Unknown code: B-99. Scan bin A-01.")
    assert not PickTask.objects.exclude(picked=0).exists()

    scan(page, "A-01")
    expect(page.get_by_text("You are at bin")).to_be_visible()
    scan(page, "CUP")
    expect(page.get_by_role("alert")).to_contain_text("Wrong item: CUP. Take MUG from bin A-01.")
    scan(page, "4006381333931")
    expect(page.get_by_role("status")).to_contain_text("1 of 2: MUG.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("1 x MUG back in bin A-01.")
    scan(page, "MUG")
    expect(page.get_by_role("status")).to_contain_text("1 of 2: MUG.")
    scan(page, "2")
    expect(page.get_by_role("status")).to_contain_text("2 of 2: MUG.")
    scan(page, "B-02")
    expect(page.get_by_role("status")).to_contain_text("Bin B-02.")
    scan(page, "CUP")
    expect(page.get_by_text("All done. Bring the goods to the packing station.")).to_be_visible()

    page.get_by_role("link", name=f"Pack {order.number}").click()
    expect(page.get_by_text("It all fits into: Medium")).to_be_visible()
    scan(page, "TEAPOT")
    expect(page.get_by_role("alert")).to_contain_text("It isn't part of this order.")
    for code, said in (("MUG", "1 of 2: MUG."), ("MUG", "2 of 2: MUG."), ("CUP", "1 of 1: CUP.")):
        scan(page, code)
        expect(page.get_by_role("status")).to_contain_text(said)

    expect(page.get_by_role("radio", name="Medium")).to_be_checked()
    page.get_by_label("Weight in grams").fill("500")
    page.get_by_role("button", name="Seal").click()
    expect(page.get_by_role("alert")).to_contain_text("The scale says 500 g, the contents say 1060 g.")
    assert Package.objects.get().status == "open"
    page.get_by_label("Weight in grams").fill("1060")
    page.get_by_role("button", name="Seal").click()
    expect(page.get_by_role("status").first).to_contain_text("Sealed. The label comes next.")

    package = Package.objects.get()
    assert (package.status, package.box.code, package.weight_g, package.packed_by.username) == (
        "sealed",
        "m",
        1060,
        "petra",
    )
    assert ScanEvent.objects.filter(is_accepted=False).count() == 3
    assert_books_agree()

    expect(page.get_by_text("The label is on its way.")).to_be_visible()
    assert buy_label()
    if not java_script:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("The label is there.")).to_be_visible()
    names = ["Shipping label", "Shipping label (ZPL)", "Packing slip"]
    expect(page.locator(".papers a")).to_have_text([re.compile(re.escape(name)) for name in names])
    page.get_by_role("button", name="Dispatch").click()
    expect(page.get_by_text("Dispatched. The customer is told.")).to_be_visible()
    scan(page, "NOTHING")
    expect(page.get_by_role("alert")).to_contain_text("Nothing here is called NOTHING.")


def test_scans_faster_than_the_network_all_count(people: None, page: Page) -> None:
    mug = stocked(9, bin=BinFactory(code="A-01"), sku="MUG")
    on_a_list(ordered((mug, 6)))
    log_in(page)
    page.get_by_role("link", name=work_of_number()).click()
    expect(page.get_by_text("Scan bin A-01 to start")).to_be_visible()

    for code in ["A-01", *["MUG"] * 6]:
        wedge(page, code)

    expect(page.get_by_text("All done.")).to_be_visible()
    assert PickTask.objects.get().picked == 6
    assert ScanEvent.objects.filter(is_accepted=True).count() == 7


def test_scans_wait_for_the_network_and_count_once(people: None, page: Page) -> None:
    mug = stocked(9, bin=BinFactory(code="A-01"), sku="MUG")
    on_a_list(ordered((mug, 2)))
    log_in(page)
    page.get_by_role("link", name=work_of_number()).click()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Go to bin")).to_be_visible()
    scan(page, "A-01")
    expect(page.get_by_text("You are at bin")).to_be_visible()

    page.context.set_offline(True)
    wedge(page, "MUG")
    expect(page.get_by_role("alert")).to_contain_text("No connection.")
    wedge(page, "MUG")
    page.context.set_offline(False)

    expect(page.get_by_text("All done.")).to_be_visible(timeout=10_000)
    assert PickTask.objects.get().picked == 2


def test_a_scan_into_the_weight_is_told_to_be_one(people: None, page: Page) -> None:
    mug = stocked(9, bin=BinFactory(code="A-01"), sku="MUG", gtin="4006381333931")
    BoxTypeFactory()
    package = packed(ordered((mug, 2)))
    log_in(page)
    page.goto(f"/wh/pack/{package.fulfillment_order.public_id}")
    scan(page, "MUG")
    expect(page.get_by_role("alert")).to_contain_text("All of MUG that was picked is packed already.")

    for code in ("4006381333931", "MUG"):
        page.reload()
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_label("Weight in grams").fill("12")
        wedge(page, code)
        expect(page.get_by_role("alert")).to_contain_text("All of MUG that was picked is packed already.")
        expect(page.locator("#code")).to_be_focused()
    page.get_by_label("Weight in grams").fill("")
    page.get_by_label("Weight in grams").press_sequentially("750", delay=150)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sealed. The label comes next.")).to_be_visible()
    assert ScanEvent.objects.filter(is_accepted=False).count() == 3


def test_without_javascript_a_scan_is_no_weight(people: None, new_page: NewPage) -> None:
    mug = stocked(9, bin=BinFactory(code="A-01"), sku="MUG")
    BoxTypeFactory()
    package = packed(ordered((mug, 2)))
    page = new_page(java_script_enabled=False)
    log_in(page)
    page.goto(f"/wh/pack/{package.fulfillment_order.public_id}")
    page.get_by_label("Weight in grams").fill("")
    wedge(page, "4006381333931")

    expect(page.get_by_role("alert")).to_contain_text("That is no weight.")
    expect(page.get_by_label("Weight in grams")).to_have_value("")
    assert Package.objects.get().status == "open"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "You may not do that."),
        (404, "That is not here, or not any more."),
        (500, "Something went wrong on our side."),
        (0, "No connection."),
    ],
)
def test_an_answer_that_is_no_screen_is_told(people: None, page: Page, status: int, words: str) -> None:
    mug = stocked(9, bin=BinFactory(code="A-01"), sku="MUG")
    pick_list = on_a_list(ordered((mug, 2)))
    log_in(page)

    def answer(route: Route) -> None:
        if status:
            route.fulfill(status=status, content_type="text/html", body="<h1>No</h1>")
        else:
            route.abort()

    page.route("**/wh/find*", answer)
    page.route("**/scan", answer)
    scan(page, "O-1")
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_role("heading", name="Warehouse")).to_be_visible()
    wedge(page, "O-2")
    expect(page.locator("#code")).to_have_value("O-2")

    page.goto(f"/wh/lists/{pick_list.public_id}")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Go to bin")).to_be_visible()
    scan(page, "A-01")
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_text("Go to bin")).to_be_visible()


@pytest.mark.parametrize(("viewport", "color_scheme"), [(HANDHELD, "dark"), (DESK, "light")])
def test_every_screen_fits_and_is_accessible(
    people: None, new_page: NewPage, viewport: dict[str, int], color_scheme: str
) -> None:
    mug = stocked(9, bin=BinFactory(code="A-01"), sku="MUG", fragility="fragile")
    BoxTypeFactory()
    PackingMaterialFactory(purpose="wrap")
    CarrierServiceFactory()
    pick_list = on_a_list(ordered((mug, 1)))
    waiting = ordered((mug, 1))
    picked(ordered((mug, 2)))
    page = new_page(viewport=viewport, color_scheme=color_scheme)
    log_in(page)
    expect(page.get_by_text(waiting.number)).to_be_visible()
    assert_fine(page)

    page.goto(f"/wh/lists/{pick_list.public_id}")
    assert_fine(page)
    page.get_by_role("button", name="Start").click()
    scan(page, "A-01")
    expect(page.get_by_text("You are at bin")).to_be_visible()
    assert_fine(page)
    scan(page, "CUP")
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("summary").click()
    assert_fine(page)

    page.goto("/wh/")
    page.get_by_role("link", name="2 units to pack").click()
    scan(page, "MUG")
    expect(page.get_by_role("button", name="Seal")).to_be_visible()
    assert_fine(page)

    package = sealed(ordered((mug, 1)))
    page.goto(f"/wh/pack/{package.fulfillment_order.public_id}")
    expect(page.get_by_text("The label is on its way.")).to_be_visible()
    assert_fine(page)
    assert buy_label()
    expect(page.get_by_role("button", name="Dispatch")).to_be_visible()
    assert_fine(page)


def test_longer_words_fit_too(people: None, new_page: NewPage) -> None:
    mug = stocked(9, bin=BinFactory(code="A-01-03-2"), sku="MUG", fragility="very_fragile", name="Blaue Tasse, 300 ml")
    BoxTypeFactory(name="Mittelgroßer Karton")
    PackingMaterialFactory(purpose="cushion", name="Luftpolsterfolie")
    order = ordered((mug, 2))
    on_a_list(order)
    page = new_page(viewport=HANDHELD, locale="de-DE")
    page.goto("/wh/")
    page.get_by_label("Name").fill("petra")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_role("link", name=order.number).click()
    page.get_by_role("button", name="Los").click()
    for code, said in (("A-01-03-2", "Fach A-01-03-2."), ("MUG", "1 von 2: MUG.")):
        scan(page, code)
        expect(page.get_by_role("status")).to_contain_text(said)
        assert_fits(page)
    scan(page, "2")
    page.get_by_role("link", name=f"{order.number} packen").click()
    scan(page, "MUG")
    expect(page.get_by_role("button", name="Verschließen")).to_be_visible()
    assert_fits(page)


def assert_fine(page: Page) -> None:
    page.wait_for_timeout(400)  # the refusal shakes: its place and colours are those after that
    assert_fits(page)
    assert_accessible(page)


def work_of_number() -> str:
    return Order.objects.get().number
