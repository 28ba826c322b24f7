"""The order editor over HTTP, without JavaScript: every button sends the form, and what was typed comes back."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.change_requests import SetContact, SetQuantity
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM, Actor, ActorKind
from orders.models import (
    Customer,
    CustomerAddress,
    Draft,
    Notification,
    Order,
    OrderChange,
    OrderEvent,
    OrderLine,
    PriceOverride,
    Product,
    ShippingMethod,
)
from orders.requests import WantedLine
from orders.roles import Role
from orders.services.change import change_order
from orders.services.draft import create_draft, update_draft
from orders.services.place import place_order
from orders.services.request_change import request_change
from tests.admin.acting import act, done
from tests.admin.browsing import Form, browsed
from tests.factories.orders import ADDRESS, CustomerFactory, OrderFactory, ProductFactory, ShippingMethodFactory
from tests.factories.value import a_card, credit_of
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db
NEW = "/admin/orders/order/new/"
PAUL = Actor(kind=ActorKind.STAFF, name="paul")


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    for sku, price, gtin in (("MUG", "12.50", "4006381333931"), ("CUP", "3.33", "4006381333900")):
        product = ProductFactory(sku=sku, name=f"Blue {sku.lower()}", price=D(price), gtin=gtin)
        StockLevelFactory(product=product, on_hand=10)


def edit_url(order: Order) -> str:
    return reverse("admin:orders_order_edit", args=[order.pk])


def typed(page: Any, **answers: Any) -> dict[str, Any]:
    """What a browser would send of the page, with ``answers`` typed in; ``row0_quantity`` is the first line's."""
    state, fields = page.context["state"], page.context["editor"]
    values: dict[str, Any] = {name: value for name, value in state.values.items() if value}
    rows = [dict(row) for row in state.rows]
    for name in [name for name in answers if name.startswith("row")]:
        i, cell = name.removeprefix("row").split("_", 1)
        rows[int(i)][cell] = answers.pop(name)
    for cell in ("line", "sku", "quantity", "unit_price", "price_reason", "line_discount"):
        values[cell] = [row[cell] for row in rows]
    panel = page.context["panel"]
    values |= {
        "version": state.version or "",
        "seq": state.seq,
        "base": fields.base,
        "once": page.context["once"],
        "total": panel.total if panel else "",
    }
    return {name: value for name, value in {**values, **answers}.items() if value is not None}


def press(client: Client, page: Any, do: str, **answers: Any) -> Any:
    return client.post(page.context["here"], {**typed(page, **answers), "do": do})


def where() -> dict[str, str]:
    return {f"ship_{part}": value for part, value in ADDRESS.items()} | {"method": "standard"}


def errors(page: Any) -> dict[str, list[str]]:
    return dict(page.context["state"].errors)


def placed(**more: Any) -> Order:
    lines = (WantedLine(sku="MUG", quantity=2), WantedLine(sku="CUP", quantity=3))
    return place_order(an_order(*lines, payment=PAID, **more), by=SYSTEM)


def test_a_phone_order_from_an_empty_page_to_a_placed_order(boss: Client, shop: None) -> None:
    customer = CustomerFactory(name="Grace Hopper", phone="+49 30 1234567")
    page: Any = boss.get(NEW)
    page = press(boss, page, "enter", who="030 1234567")
    assert [row.pk for row in page.context["customers"]] == [customer.pk]
    page = press(boss, page, f"pick:{customer.pk}")
    assert page.context["state"].values["email"] == customer.email
    page = press(boss, page, "enter", product="4006381333931")
    page = press(boss, page, "enter", product="mug")
    page = press(boss, page, "enter", product="blue")
    assert [each.product.sku for each in page.context["found"]] == ["CUP", "MUG"]
    assert (page.context["found"][0].price, page.context["found"][0].available) == ("€3.33", 10)
    page = press(boss, page, "add:CUP", **where())
    assert [(row["sku"], row["quantity"]) for row in page.context["state"].rows] == [("MUG", "2"), ("CUP", "1")]
    panel = page.context["panel"]
    assert (panel.total, panel.obstacles) == ("33.23", ())
    assert [line.stock for line in panel.lines] == [("2 reserved",), ("1 reserved",)]
    assert "Grace Hopper" in panel.mail.text
    assert (
        Order.objects.count(),
        Notification.objects.count(),
        StockLevel.objects.filter(allocated__gt=0).count(),
    ) == (
        0,
        0,
        0,
    )
    done = press(boss, page, "place", gateway="sandbox", token="tok_ok")
    order = Order.objects.get()
    assert (done.status_code, done["Location"]) == (302, reverse("admin:orders_order_change", args=[order.pk]))
    assert (order.status, order.payment_status, order.total, order.customer_id) == (
        "confirmed",
        "authorized",
        D("33.23"),
        customer.pk,
    )
    assert Draft.objects.get().made_by == "boss"


def test_a_draft_is_saved_with_a_price_of_its_own_and_gone_on_with(boss: Client, shop: None) -> None:
    page: Any = press(boss, boss.get(NEW), "find", product="MUG", email="new@example.com", name="New", **where())
    page = press(boss, page, "save", row0_unit_price="9,00")
    assert errors(page) == {"price_reason-0": ["Say why it costs another price."]}
    assert not Draft.objects.exists()
    saved = press(
        boss, page, "save", row0_unit_price="9,00", row0_price_reason="scratched", reserve_until="2099-01-01T10:00"
    )
    assert errors(saved)["reserve_until"]
    saved = press(boss, page, "save", row0_unit_price="9,00", row0_price_reason="scratched")
    order = Order.objects.get()
    assert saved["Location"] == edit_url(order)
    assert (order.status, order.total, PriceOverride.objects.get().reason) == ("draft", D("13.90"), "scratched")
    page = boss.get(edit_url(order))
    assert page.context["state"].rows[0]["unit_price"] == "9.00"
    assert page.context["panel"].total == "13.90"
    press(boss, page, "save", row0_quantity="3", note="on the phone")
    order.refresh_from_db()
    assert (order.total, order.note) == (D("31.90"), "on the phone")


def test_what_cant_be_read_stands_next_to_its_field(boss: Client, shop: None) -> None:
    page: Any = press(boss, boss.get(NEW), "find", product="MUG")
    page = press(boss, page, "save", row0_quantity="many", row0_unit_price="x", reserve_until="then")
    assert errors(page) == {
        "quantity-0": ["Give a whole number of units."],
        "unit_price-0": ["Give an amount, such as 12.50."],
        "reserve_until": ["Give a day and a time."],
    }
    page = press(boss, boss.get(NEW), "save")
    assert errors(page) == {"product": ["Add a product first."]}
    page = press(boss, boss.get(NEW), "find", product="nothing like it")
    assert errors(page) == {"product": ["No product is sold by that SKU, GTIN or name."]}
    assert not Order.objects.exists()


LONG = "1" * 29
NOT_KEPT = {
    "email": ["not a mail", "ada@example", f"{'a' * 250}@example.com", "ada\0@example.com"],
    "phone": ["1" * 40, "030\0 1234567"],
    "ship_line1": ["Hauptstr. 1\0", "x" * 201],
    "shipping_price": [LONG, "1e999999", "-1", "nan"],
    "discount": [LONG, "1e999999"],
    "note": ["on the\0 phone", "x" * 5001],
}
BY_ROW = {
    "unit_price": [LONG, "1e999999"],
    "line_discount": [LONG, "1e999999"],
    "quantity": ["9" * 5000],
    "price_reason": ["x" * 256, "scratched\0"],
}


def refused_at_its_field(client: Client, page: Any, do: str, cases: dict[str, list[str]], **more: Any) -> None:
    for name, values in cases.items():
        row, _, cell = name.partition("_") if name.startswith("row") else ("", "", "")
        for value in values:
            said = press(client, page, do, **(more | {name: value}))
            assert said.status_code == 200, (name, value)
            assert list(errors(said)) == [f"{cell}-0" if row else name], (name, value, errors(said))
            assert press(client, page, "show", **(more | {name: value})).status_code == 200, (name, value)


def test_what_cant_be_kept_of_a_draft_stands_next_to_its_field(boss: Client, shop: None) -> None:
    page: Any = press(boss, boss.get(NEW), "find", product="MUG", email="new@example.com", name="New", **where())
    more = {"row0_unit_price": "9.00", "row0_price_reason": "scratched"}
    cases = NOT_KEPT | {f"row0_{name}": values for name, values in BY_ROW.items()}
    cases |= {"name": ["x" * 300, "Ad\0a"], "language": ["x" * 9]}
    cases |= {"discount_reason": ["x" * 256, "late\0"], "shipping_reason": ["x" * 256]}
    before = Customer.objects.count()

    refused_at_its_field(boss, page, "save", cases, **more)

    assert (Draft.objects.count(), Order.objects.count(), Customer.objects.count()) == (0, 0, before)
    for field in ("who", "product", "method", "channel", "gift_card", "ship_country", "row0_sku", "row0_line"):
        assert press(boss, page, "show", **{field: "a\0"}).status_code == 200, field
    assert press(boss, page, "add:MUG\0").status_code == 200
    assert press(boss, page, "save", **more).status_code == 302
    draft = Order.objects.get()

    page = boss.get(edit_url(draft))
    refused_at_its_field(boss, page, "save", cases, **more)

    kept = Order.objects.get()
    assert (kept.version, kept.email, kept.total) == (draft.version, "new@example.com", D("13.90"))
    assert Customer.objects.count() == before + 1


def test_what_cant_be_kept_of_a_change_stands_next_to_its_field(boss: Client, shop: None) -> None:
    order = placed()
    page: Any = boss.get(edit_url(order))
    before, events = Order.objects.values().get(), OrderEvent.objects.count()
    quiet = {"row0_quantity": "1"}

    rows = {f"row0_{name}": values for name, values in BY_ROW.items() if name != "price_reason"}
    refused_at_its_field(boss, page, "confirm", NOT_KEPT, row0_quantity="1", discount_reason="late")
    refused_at_its_field(boss, page, "confirm", rows, row0_price_reason="scratched")
    reasons = {"row0_price_reason": BY_ROW["price_reason"]}
    refused_at_its_field(boss, page, "confirm", reasons, row0_unit_price="9.00")
    refused_at_its_field(boss, page, "confirm", {"discount_reason": BY_ROW["price_reason"]}, discount="1.00")

    assert (Order.objects.values().get(), OrderEvent.objects.count()) == (before, events)
    assert not OrderChange.objects.exists()
    assert press(boss, page, "confirm", **quiet).status_code == 302


def test_what_isnt_there_is_named_and_the_draft_is_kept(boss: Client, shop: None) -> None:
    page: Any = press(boss, boss.get(NEW), "find", product="MUG", email="a@example.com", **where())
    page = press(boss, page, "show", row0_quantity="12")
    assert page.context["panel"].obstacles == ("MUG: 10 available.",)
    page = press(boss, page, "place")
    assert errors(page)["quantity-0"] == ["MUG: 10 available."]
    assert (Order.objects.get().status, page.context["here"]) == ("draft", edit_url(Order.objects.get()))
    page = press(boss, page, "show", row0_quantity="10")
    assert press(boss, page, "place").status_code == 302
    assert Order.objects.get().status == "placed"


def test_a_declined_card_leaves_the_draft_on_the_page(boss: Client, shop: None) -> None:
    page: Any = press(boss, boss.get(NEW), "find", product="MUG", email="a@example.com", **where())
    page = press(boss, page, "place", gateway="sandbox", token="tok_decline")
    assert "declined" in errors(page)[""][0]
    assert Order.objects.get().status == "draft"
    page = press(boss, page, "link")
    assert Order.objects.get().status == "placed"


def test_a_price_that_moved_is_said_and_never_paid_unseen(boss: Client, shop: None) -> None:
    draft = create_draft(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)
    page: Any = boss.get(edit_url(draft.order))
    Product.objects.filter(sku="MUG").update(price=D("13.00"))
    late = press(boss, page, "place")
    assert "17.90" in str(errors(late))
    assert Order.objects.get().status == "draft"
    draft = update_draft(draft.pk, {}, by=SYSTEM)
    Product.objects.filter(sku="MUG").update(price=D("14.00"))
    page = boss.get(edit_url(draft.order))
    assert page.context["panel"].notes == ("Blue mug costs €14.00 now instead of €13.00.",)


def test_a_placed_order_is_changed_after_a_preview(boss: Client, shop: None) -> None:
    order = placed()
    page: Any = boss.get(edit_url(order))
    assert page.context["panel"] is None
    page = press(boss, page, "show", row0_quantity="1", ship_city="Bonn", ship_postal_code="53111")
    panel = page.context["panel"]
    assert panel.different[0] == "Blue mug: 1 instead of 2"
    assert panel.money_words == ("€12.50 of what is reserved is given free.",)
    assert "Bonn" in panel.mail.text
    assert OrderLine.objects.get(sku="MUG").active == 2
    assert press(boss, page, "confirm", note="by phone")["Location"].endswith(f"/{order.pk}/change/")
    change = OrderChange.objects.get()
    order.refresh_from_db()
    assert (change.status, change.made_by, change.note) == ("confirmed", "boss", "by phone")
    assert (order.shipping_address["city"], order.total, order.authorized_total) == ("Bonn", D("27.39"), D("27.39"))


def test_a_change_adds_removes_and_reprices_lines(boss: Client, shop: None) -> None:
    ProductFactory(sku="POT", name="Pot", price=D("40.00"))
    StockLevelFactory(product=Product.objects.get(sku="POT"), on_hand=5)
    order = placed()
    page: Any = press(boss, boss.get(edit_url(order)), "find", product="POT")
    page = press(boss, page, "remove:1")
    page = press(boss, page, "show", row0_unit_price="10.00")
    assert errors(page) == {"price_reason-0": ["Say why it costs another price."]}
    press(boss, page, "confirm", row0_unit_price="10.00", row0_price_reason="promised")
    order.refresh_from_db()
    assert [(row.sku, row.active, row.unit_price) for row in order.lines.order_by("position")] == [
        ("MUG", 2, D("10.00")),
        ("CUP", 0, D("3.33")),
        ("POT", 1, D("40.00")),
    ]
    assert order.total == D("64.90")


def test_refusals_of_a_change_stand_next_to_their_fields(boss: Client, shop: None) -> None:
    order = placed()
    page: Any = press(boss, boss.get(edit_url(order)), "show", row0_line_discount="99", row0_price_reason="sorry")
    assert errors(page) == {"line_discount-0": ["The discount exceeds what isn't billed of the line."]}
    page = press(boss, boss.get(edit_url(order)), "confirm")
    assert errors(page) == {"": ["Nothing is different yet."]}
    assert not OrderChange.objects.exists()


def test_of_two_agents_the_second_reads_what_happened_and_keeps_what_they_typed(boss: Client, shop: None) -> None:
    order = placed()
    page: Any = boss.get(edit_url(order))
    change_order(order.pk, [SetContact(phone="0301234567")], by=PAUL)
    late = press(boss, page, "confirm", row0_quantity="1")
    assert late.context["is_stale"]
    assert "Order changed (paul)" in late.context["happened"]
    assert OrderLine.objects.get(sku="MUG").active == 2
    renewed = press(boss, late, "reload")
    assert (renewed.context["state"].rows[0]["quantity"], renewed.context["state"].values["phone"]) == (
        "1",
        "0301234567",
    )
    assert press(boss, renewed, "confirm").status_code == 302
    order.refresh_from_db()
    assert (OrderLine.objects.get(sku="MUG").active, order.phone) == (1, "0301234567")


def test_of_two_agents_on_a_draft_the_second_is_told_too(boss: Client, shop: None) -> None:
    draft = create_draft(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)
    page: Any = boss.get(edit_url(draft.order))
    update_draft(draft.pk, {"note": "mine"}, by=PAUL)
    late = press(boss, page, "save", row0_quantity="4")
    assert late.context["is_stale"]
    assert OrderLine.objects.get().ordered == 1
    renewed = press(boss, late, "reload")
    assert renewed.context["state"].values["note"] == "mine"
    press(boss, renewed, "save")
    assert (OrderLine.objects.get().ordered, Order.objects.get().note) == (4, "mine")


def test_the_side_follows_the_typing(boss: Client, shop: None) -> None:
    order = placed()
    page: Any = boss.get(edit_url(order))
    sent = {**typed(page, row0_quantity="x"), "do": "live"}
    live = boss.post(edit_url(order), sent, headers={"HX-Request": "true"}).content.decode()
    assert live.count('id="editor-panel"') == 1
    assert '<p class="desk-error" id="e-quantity-0" hx-swap-oob="true">Give a whole number of units.</p>' in live
    assert "<form" not in live


def test_who_may_edit_what(signed_in: Callable[[Role], Client], shop: None) -> None:
    order = placed()
    draft = create_draft(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)
    may = {Role.SUPPORT, Role.ADMIN}
    for role in Role:
        client = signed_in(role)
        for url in (NEW, edit_url(order), edit_url(draft.order)):
            assert client.get(url).status_code == (200 if role in may else 403), (role, url)
            if role not in may:
                assert client.post(url, {"do": "confirm"}).status_code == 403


def test_an_order_that_is_over_leads_back(boss: Client, shop: None) -> None:
    order = placed()
    Order.objects.filter(pk=order.pk).update(status="completed")
    assert boss.get(edit_url(order)).status_code == 302
    assert boss.get("/admin/orders/order/999999999/edit/").status_code == 404


def test_the_ways_to_the_editor(boss: Client, shop: None) -> None:
    order = placed()
    listed: Any = boss.get(reverse("admin:orders_order_changelist"))
    assert [str(way["title"]) for way in listed.context["actions_list"]] == ["New order", "Export"]
    page: Any = boss.get(reverse("admin:orders_order_change", args=[order.pk]))
    assert edit_url(order) in [button.get("path") for button in page.context["actions_detail"]]
    assert OrderEvent.objects.filter(type="contact.logged").count() == 0


def test_a_customers_page_begins_an_order_to_their_usual_addresses(boss: Client, shop: None) -> None:
    customer = CustomerFactory(name="Ada Byron", email="ada@example.com")
    gone = CustomerFactory(merged_into=customer)
    erased = CustomerFactory(anonymised_at=timezone.now())
    OrderFactory(customer=customer, shipping_address=ADDRESS | {"line1": "Where it went last"})
    for city, usual in (("Bonn", "shipping"), ("Trier", "billing")):
        CustomerAddress.objects.create(
            customer=customer, fingerprint=city, address=ADDRESS | {"city": city}, **{f"is_default_{usual}": True}
        )
    here = f"{NEW}?customer={customer.pk}"

    assert here in boss.get(f"/admin/orders/customer/{customer.pk}/change/").content.decode()
    for other in (gone, erased):
        shown = boss.get(f"/admin/orders/customer/{other.pk}/change/").content.decode()
        assert NEW not in shown

    def begun(key: Any) -> tuple[str, ...]:
        values = boss.get(NEW, {"customer": key}).context["state"].values
        return tuple(values[name] for name in ("name", "email", "ship_city", "bill_city", "bill_other"))

    assert begun(customer.pk) == begun(gone.pk) == ("Ada Byron", "ada@example.com", "Bonn", "Trier", "on")
    assert begun(erased.pk) == begun("x") == begun("9" * 30) == ("", "", "", "", "")


def test_contacts_are_logged_listed_and_counted_by_reason(boss: Client, shop: None) -> None:
    order = placed()
    for reason in ("where_is_it", "where_is_it", "complaint"):
        assert done(act(boss, order, "log_contact", reason=reason, note="Rang at nine."))
    assert done(act(boss, order.customer, "log_contact", reason="product"))
    listed: Any = boss.get(reverse("admin:orders_contactlog_changelist"))
    assert [(str(label), n) for label, n in listed.context["reasons"]] == [
        ("Where is the order?", 2),
        ("Question about a product", 1),
        ("Complaint", 1),
    ]
    assert "Rang at nine." in boss.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()


def test_staff_decide_about_a_wish_and_begin_an_order_again(boss: Client, shop: None) -> None:
    order = placed()
    line = order.lines.get(sku="MUG")
    wish = request_change(order.pk, [SetQuantity(line=line.public_id, quantity=1)], by=CUSTOMER)
    page = boss.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "Blue mug: 1 instead of 2" in page
    assert done(act(boss, wish, "decline", answer="Packed already."))
    wish.refresh_from_db()
    assert (wish.status, wish.answer, wish.decided_by) == ("declined", "Packed already.", "boss")
    again = request_change(order.pk, [SetQuantity(line=line.public_id, quantity=1)], by=CUSTOMER)
    assert done(act(boss, again, "approve"))
    assert OrderLine.objects.get(pk=line.pk).active == 1
    assert done(act(boss, order, "reorder"))
    draft = Draft.objects.get()
    assert (draft.reorder_of_id, draft.made_by) == (order.pk, "boss")
    assert done(act(boss, draft, "discard", reason="no"))
    draft.refresh_from_db()
    assert (draft.end_reason, draft.order.status) == ("no", "expired")


def test_a_draft_is_paid_by_gift_card_credit_and_the_rest_by_hand(boss: Client, shop: None) -> None:
    card = a_card("5.00")
    page: Any = press(boss, boss.get(NEW), "find", product="MUG", email="ada@example.com", name="Ada", **where())
    page = press(boss, page, "place", gift_card="WRONG-CODE", gateway="manual")
    assert errors(page)[""] == ["payment: This is no code of a gift card."]
    assert page.context["state"].values["gift_card"] == "WRONG-CODE"
    credit_of("ada@example.com", "3.00")
    press(boss, page, "place", gift_card=code_of(card), store_credit="on", gateway="manual")
    order = Order.objects.get()
    assert order.status == "placed"
    assert [(row.gateway, row.amount) for row in order.payments.order_by("pk")] == [
        ("gift_card", D("5.00")),
        ("store_credit", D("3.00")),
        ("manual", D("9.40")),
    ]


@pytest.mark.parametrize(("worth", "left"), [("5.00", "12.40"), ("50.00", "0.00")])
def test_a_link_asks_for_what_gift_card_and_credit_leave(boss: Client, shop: None, worth: str, left: str) -> None:
    card = a_card(worth)
    page: Any = press(boss, boss.get(NEW), "find", product="MUG", email="ada@example.com", name="Ada", **where())
    page = press(boss, page, "link", gift_card="WRONG-CODE")
    assert errors(page)[""] == ["payment: This is no code of a gift card."]
    order = Order.objects.get()
    assert (order.status, order.payments.count(), order.payment_links.count()) == ("draft", 0, 0)
    assert press(boss, page, "link", gift_card=code_of(card), gateway="manual").status_code == 302
    order.refresh_from_db()
    paid = D("17.40") - D(left)
    assert (order.status, order.balance) == ("placed" if D(left) else "confirmed", D(left))
    assert list(order.payments.values_list("gateway", "amount")) == [("gift_card", paid)]
    told = OrderEvent.objects.filter(type="payment.link_sent").values_list("data__amount", flat=True)
    assert list(told) == ([left] if D(left) else [])
    assert Notification.objects.filter(template__contains="payment_link").count() == bool(D(left))


@pytest.mark.parametrize(("asked", "links"), [("on", 1), ("", 0)])
def test_a_dearer_order_sends_a_payment_link_unless_staff_say_no(
    boss: Client, shop: None, asked: str, links: int
) -> None:
    order = placed()
    page: Any = boss.get(edit_url(order))
    assert page.context["state"].values["send_link"] == "on"
    done = press(boss, page, "confirm", row0_quantity="3", send_link=asked)
    assert (done.status_code, order.payment_links.count()) == (302, links)


def test_an_untouched_page_asks_for_nothing(boss: Client, shop: None) -> None:
    order = placed(shipping_address=ADDRESS | {"line1": "Old St.  1 ", "company": "Two\nlines"})
    page: Any = boss.get(edit_url(order))
    page = boss.post(edit_url(order), browsed(page, "editor", do="confirm"))
    assert errors(page) == {"": ["Nothing is different yet."]}
    assert not OrderChange.objects.exists()


@pytest.mark.parametrize("state", ["none", "inactive", "no longer offered"])
def test_a_change_of_something_else_leaves_the_shipping_method_alone(boss: Client, shop: None, state: str) -> None:
    ShippingMethodFactory(code="express", name="Express", price=D("9.90"))
    order = placed(shipping_method="" if state == "none" else "express")
    express = ShippingMethod.objects.get(code="express")
    if state == "inactive":
        ShippingMethod.objects.filter(pk=express.pk).update(is_active=False)
    elif state == "no longer offered":
        express.channels.clear()
    before = (order.shipping_method_id, order.shipping_total)
    page: Any = boss.get(edit_url(order))
    had = "" if state == "none" else "express"
    assert Form(page.content.decode(), "editor").choices["method"][:2] == [had, "standard"]
    sent = browsed(page, "editor", quantity=["1", "3"])
    assert sent["method"] == [had]
    page = boss.post(edit_url(order), {**sent, "do": "show"})
    assert [said for said in page.context["panel"].different if "hipping" in said] == []
    done = boss.post(edit_url(order), browsed(page, "editor", do="confirm"))
    assert done.status_code == 302
    order.refresh_from_db()
    assert [action["type"] for action in OrderChange.objects.get().actions] == ["set_quantity"]
    assert (order.shipping_method_id, order.shipping_total) == before


def test_a_method_that_is_chosen_is_a_change_and_can_be_taken_back(boss: Client, shop: None) -> None:
    order = placed(shipping_method="")
    assert order.shipping_total == D("0.00")
    page: Any = boss.get(edit_url(order))
    page = boss.post(edit_url(order), browsed(page, "editor", method="standard", do="show"))
    form = Form(page.content.decode(), "editor")
    assert (form.sent["method"], form.choices["method"]) == (["standard"], ["", "standard"])
    assert boss.post(edit_url(order), browsed(page, "editor", do="confirm")).status_code == 302
    order.refresh_from_db()
    assert (order.shipping_method.code, order.shipping_total) == ("standard", D("4.90"))  # type: ignore[union-attr]


def test_a_method_that_is_no_longer_offered_may_cost_something_else(boss: Client, shop: None) -> None:
    order = placed()
    ShippingMethod.objects.update(is_active=False)
    page: Any = boss.get(edit_url(order))
    sent = browsed(page, "editor", shipping_price="2.00", do="confirm")
    assert boss.post(edit_url(order), sent).status_code == 302
    order.refresh_from_db()
    assert (order.shipping_method.code, order.shipping_total) == ("standard", D("2.00"))  # type: ignore[union-attr]


def test_a_draft_whose_method_is_no_longer_offered_says_so(boss: Client, shop: None) -> None:
    draft = create_draft(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)
    ShippingMethod.objects.update(is_active=False)
    page: Any = boss.get(edit_url(draft.order))
    page = boss.post(edit_url(draft.order), browsed(page, "editor", do="save"))
    assert errors(page)["method"] == ["Not offered here."]
    assert Order.objects.get().shipping_total == D("4.90")
    assert boss.post(edit_url(draft.order), browsed(page, "editor", method="", do="save")).status_code == 302
    assert Order.objects.get().shipping_total == D("0.00")


def test_a_new_line_with_its_own_price_says_why(boss: Client, shop: None) -> None:
    StockLevelFactory(product=ProductFactory(sku="POT", name="Pot", price=D("40.00")), on_hand=5)
    order = placed()
    page: Any = press(boss, boss.get(edit_url(order)), "find", product="POT")
    page = press(boss, page, "confirm", row2_unit_price="35.00", row2_line_discount="1.00")
    assert errors(page) == {"price_reason-2": ["Say why it costs another price."]}
    page = press(boss, page, "show", row2_price_reason="last one")
    assert page.context["panel"].different[-1] == "Why this price of Pot: last one"
    press(boss, page, "confirm")
    change = OrderChange.objects.get()
    assert change.actions[0]["reason"] == "last one"
    shown = boss.get(reverse("admin:orders_orderchange_change", args=[change.pk])).content.decode()
    assert "Why this price of Pot: last one" in shown


def test_a_draft_says_why_and_its_order_shows_it(boss: Client, shop: None) -> None:
    page: Any = press(boss, boss.get(NEW), "find", product="MUG", email="a@example.com", name="Ada", **where())
    given = {"row0_line_discount": "1.00", "discount": "2.00", "shipping_price": "0.90"}
    page = press(boss, page, "save", **given)
    assert errors(page) == {
        "price_reason-0": ["Say why there is a discount."],
        "discount_reason": ["Say why there is a discount."],
        "shipping_reason": ["Say why shipping costs something else."],
    }
    assert not Order.objects.exists()
    why = {"row0_price_reason": "scratched", "discount_reason": "waited", "shipping_reason": "lives near"}
    assert press(boss, page, "save", **why).status_code == 302
    order = Order.objects.get()
    page = boss.get(edit_url(order))
    assert page.context["state"].rows[0]["price_reason"] == "scratched"
    assert boss.post(edit_url(order), browsed(page, "editor", do="place", total="10.40")).status_code == 302
    shown: Any = boss.get(reverse("admin:orders_order_change", args=[order.pk]))
    assert [(row.what, row.before, row.after, row.who, row.why) for row in shown.context["page"].given] == [
        ("Discount on MUG", "", "€1.00", "boss", "scratched"),
        ("Discount on the order", "", "€2.00", "boss", "waited"),
        ("Shipping", "€4.90", "€0.90", "boss", "lives near"),
    ]
    draft = Draft.objects.get()
    listed = boss.get(reverse("admin:orders_draft_change", args=[draft.pk])).content.decode()
    for words in ("Discount on MUG: – → €1.00 · boss · scratched", "lives near"):
        assert words in listed
