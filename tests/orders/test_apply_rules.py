"""Rules that hold orders by themselves: each kind, where it counts, what it costs, and what the hold says."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import Channel, HoldRule, Notification, Order, OrderHold, Product
from orders.requests import Buyer, PayBy, WantedLine
from orders.rule_words import sentence, why
from orders.services.apply_rules import evaluate_holds
from orders.services.hold import release_hold
from orders.services.keep_rule import keep_rule
from orders.services.place import place_order
from orders.states import HoldReason, RuleKind
from tests.factories.orders import ADDRESS, ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.orders.rules import BOSS, a_rule, above, velocity
from warehouse.models import FulfillmentOrder

pytestmark = pytest.mark.django_db
SAM = Actor(kind=ActorKind.STAFF, name="sam")
MUG = WantedLine(sku="MUG", quantity=1)  # 12.50, and 4.90 for shipping


@pytest.fixture(autouse=True)
def shop() -> None:
    ShippingMethodFactory()
    for sku, metadata in (("MUG", {}), ("KNIFE-9", {"category": "blades"}), ("WINE", {"tags": ["adults", "heavy"]})):
        StockLevelFactory(product=ProductFactory(sku=sku, metadata=metadata), on_hand=1000)


def place(*lines: WantedLine, **changes: Any) -> Order:
    return place_order(an_order(*(lines or (MUG,)), **changes), by=SYSTEM)


def buyer(email: str = "ada@example.com", phone: str = "") -> Buyer:
    return Buyer(email=email, name="Ada", phone=phone, language="de")


def held(order: Order) -> list[tuple[str, dict[str, Any]]]:
    """What holds the order: rule and facts."""
    rows = OrderHold.objects.filter(order=order, released_at=None).order_by("pk").select_related("rule")
    return [(row.rule.name if row.rule else "", row.facts) for row in rows]


# --- kinds


def test_an_amount_above_the_limit_holds_and_the_limit_itself_passes() -> None:
    above("17.40")
    assert held(place()) == []
    assert held(place(WantedLine(sku="MUG", quantity=2))) == [
        ("amount_above", {"amount": "29.90", "currency": "EUR"}),
    ]


def test_an_amount_in_another_currency_passes() -> None:
    above("1.00", currency="USD")
    assert held(place()) == []


def test_only_a_first_order_is_held_and_what_came_to_nothing_is_no_order() -> None:
    Order.objects.filter(pk=place().pk).update(status="cancelled")
    above("10.00", first=True)
    assert held(place()) == [("first_order_above", {"amount": "17.40", "currency": "EUR"})]
    assert held(place()) == []
    assert held(place(customer=buyer("eve@example.com"))) == [
        ("first_order_above", {"amount": "17.40", "currency": "EUR"})
    ]


@pytest.mark.parametrize(
    ("same", "first", "second", "other"),
    [
        ("customer", buyer(), buyer("ADA@example.com"), buyer("eve@example.com")),
        ("email", buyer(), buyer("ADA@example.com"), buyer("eve@example.com")),
        (
            "phone",
            buyer("a@x.example", "+49 151 1234567"),
            buyer("b@x.example", "0151/1234567"),
            buyer("c@x.example", "0151/7654321"),
        ),
    ],
)
def test_the_second_order_of_the_same_person(same: str, first: Buyer, second: Buyer, other: Buyer) -> None:
    velocity(same=same)
    assert held(place(customer=first)) == []
    assert held(place(customer=other)) == []
    assert held(place(customer=second)) == [("velocity", {"times": 2})]


def test_no_mail_or_phone_is_nobodys() -> None:
    velocity(same="phone")
    assert held(place(customer=buyer("a@x.example"))) == []
    assert held(place(customer=buyer("b@x.example"))) == []


def test_the_same_door_however_written() -> None:
    velocity(same="address")
    place(customer=buyer("a@x.example"))
    door = ADDRESS | {"line1": "HAUPTSTR. 1", "name": "Eve"}
    assert held(place(customer=buyer("b@x.example"), shipping_address=door)) == [("velocity", {"times": 2})]
    next_door = ADDRESS | {"line1": "Hauptstr. 2"}
    assert held(place(customer=buyer("c@x.example"), shipping_address=next_door)) == []


def test_what_is_older_than_the_time_doesnt_count() -> None:
    velocity(within_hours=2)
    old = place()
    Order.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=2, seconds=5))
    assert held(place()) == []


def test_several_means_of_payment_of_one_customer() -> None:
    velocity(counted="cards", times=3)
    # The sandbox names each means of payment by its token; one that was declined counts too.
    place(payment=PayBy(gateway="sandbox", token="tok_ok"))
    assert held(place(payment=PayBy(gateway="sandbox", token="tok_ok"))) == []
    assert held(place(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))) == []
    assert held(place(payment=PayBy(gateway="sandbox", token="tok_refund_fails"))) == [("velocity", {"times": 3})]


def test_several_addresses_of_one_customer() -> None:
    velocity(counted="addresses")
    assert held(place()) == []
    assert held(place()) == []
    assert held(place(shipping_address=ADDRESS | {"line1": "Elsewhere 7"})) == [("velocity", {"times": 2})]


def test_bill_and_goods_to_different_countries() -> None:
    a_rule(RuleKind.COUNTRY_MISMATCH)
    assert held(place()) == []
    assert held(place(billing_address=ADDRESS)) == []
    assert held(place(billing_address=ADDRESS | {"country": "FR"})) == [
        ("country_mismatch", {"billing": "FR", "shipping": "DE"})
    ]


def test_countries_of_goods_or_bill() -> None:
    a_rule(RuleKind.COUNTRIES, countries=["FR", "AT"])
    assert held(place()) == []
    assert held(place(shipping_address=ADDRESS | {"country": "AT"}, billing_address=ADDRESS | {"country": "FR"})) == [
        ("countries", {"countries": ["AT", "FR"]})
    ]


def test_an_incomplete_address() -> None:
    a_rule(RuleKind.ADDRESS_INCOMPLETE, reason=HoldReason.ADDRESS)
    assert held(place()) == []
    order = place(shipping_address=ADDRESS | {"postal_code": ""})
    assert held(order) == [("address_incomplete", {"fields": ["postal_code"]})]
    assert held(place(shipping_address=ADDRESS | {"postal_code": "", "country": "HK", "region": "Kowloon"})) == []


@pytest.mark.parametrize(
    ("columns", "sku", "facts"),
    [
        ({"skus": ["MUG"]}, "MUG", {"skus": ["MUG"], "tags": []}),
        ({"skus": ["KNIFE-*"]}, "KNIFE-9", {"skus": ["KNIFE-9"], "tags": []}),
        ({"categories": ["blades"]}, "KNIFE-9", {"skus": ["KNIFE-9"], "tags": []}),
        ({"tags": ["adults"]}, "WINE", {"skus": ["WINE"], "tags": []}),
    ],
)
def test_products_by_sku_category_or_tag(columns: dict[str, Any], sku: str, facts: dict[str, Any]) -> None:
    a_rule(RuleKind.PRODUCTS, **columns)
    skus = ["MUG", "KNIFE-9", "WINE"]
    found = {each: held(place(WantedLine(sku=each, quantity=1))) for each in skus}
    assert found == {each: [("products", facts)] if each == sku else [] for each in skus}


def test_an_orders_own_tag() -> None:
    a_rule(RuleKind.PRODUCTS, tags=["check me"], only_lines=True)
    order = place(tags=("check me",))
    assert held(order) == [("products", {"skus": [], "tags": ["check me"]})]
    assert order.holds.get().lines.count() == 0


def test_only_the_lines_with_such_products() -> None:
    a_rule(RuleKind.PRODUCTS, skus=["WINE"], only_lines=True)
    order = place(MUG, WantedLine(sku="WINE", quantity=1))
    assert [line.sku for line in order.holds.get().lines.all()] == ["WINE"]


@pytest.mark.parametrize("contact", ["ada@example.com", "@example.com"])
def test_blocked_contacts(contact: str) -> None:
    a_rule(RuleKind.BLOCKED_CONTACT, contacts=[contact])
    assert len(held(place(customer=buyer("Ada@Example.com")))) == 1
    assert held(place(customer=buyer("ada@another.example"))) == []
    assert "example.com" not in str(OrderHold.objects.get().facts)  # facts hold no personal data


# --- where and when they count


def test_several_rules_hold_several_times_the_first_by_priority() -> None:
    above(name="second", priority=20, amount="1.00", reason=HoldReason.OTHER)
    above(name="first", priority=10, amount="1.00")
    order = place()
    assert [name for name, _facts in held(order)] == ["first", "second"]
    assert [event.data["reason"] for event in order.events.filter(type="order.held").order_by("seq")] == [
        "fraud_review",
        "other",
    ]


def test_a_rule_of_another_channel_and_one_that_is_off_dont_count() -> None:
    above(name="elsewhere", amount="1.00", channel=ChannelFactory(code="phone"))
    above(name="off", amount="1.00", is_active=False)
    assert held(place()) == []


def test_a_changed_rule_counts_from_the_next_order_on() -> None:
    rule = above("1.00")
    assert len(held(place())) == 1
    rule.amount = 100
    keep_rule(rule, by=BOSS)
    assert held(place()) == []
    rule.amount, rule.channel = 1, Channel.objects.get(code="web")
    keep_rule(rule, by=BOSS)
    assert len(held(place())) == 1
    rule.channel = ChannelFactory(code="phone")
    keep_rule(rule, by=BOSS)
    assert held(place()) == []


def test_a_hold_that_ends_by_itself() -> None:
    above("1.00", release_after_hours=3)
    hold = place().holds.get()
    assert abs(hold.release_at - timezone.now() - timedelta(hours=3)) < timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.parametrize("payment", [None, PAID])
def test_a_held_order_is_reserved_authorised_and_on_hold_from_the_first(payment: PayBy | None) -> None:
    rule = above("1.00")
    order = place(payment=payment)

    assert [(hold.rule_id, hold.placed_by) for hold in order.holds.all()] == [(rule.pk, "system")]
    stored = Order.objects.get(pk=order.pk)
    assert (stored.fulfillment_status, stored.version) == ("on_hold", order.version)
    assert order.fulfillment_status == "on_hold"
    assert stored.lines.get().allocated == 1
    if payment:
        assert (stored.status, stored.payment_status) == ("confirmed", "authorized")
        assert FulfillmentOrder.objects.filter(order=order).count() == 1
    types = list(order.events.order_by("seq").values_list("type", flat=True))
    assert types.index("order.held") == types.index("order.placed") + 1
    assert [row.template for row in Notification.objects.all()] == ["orders/mail/placed"]


def test_customers_never_read_of_fraud() -> None:
    from orders.services.render import render_message

    above("1.00")
    order = place(payment=PAID, customer=Buyer(email="a@example.com", name="Ada", language="en"))
    mail = render_message(Notification.objects.get(order=order))
    assert "It is a routine check." in mail.text
    for text in (mail.text, mail.html, mail.subject):
        assert "fraud" not in text.lower()


# --- what they cost


def statements(payment: PayBy | None) -> int:
    with CaptureQueriesContext(connection) as taken:
        place(payment=payment, customer=buyer("new@example.com"))
    return len(taken)


@pytest.mark.parametrize("payment", [None, PAID])
def test_rules_without_history_cost_nothing_and_all_others_together_one_statement(payment: PayBy | None) -> None:
    place(payment=payment)
    free = statements(payment)
    above("1000.00")
    a_rule(RuleKind.COUNTRY_MISMATCH)
    a_rule(RuleKind.PRODUCTS, categories=["nothing"])
    above("1000.00", first=True)
    place(payment=payment)  # each process reads changed rules once
    assert statements(payment) == free

    for counted in ("orders", "cards", "addresses"):
        for same in ("customer", "email", "phone", "address"):
            velocity(counted, same, times=999, name=f"{counted} {same}")
    place(payment=payment)
    assert statements(payment) == free + 1


# --- judged anew


def evaluate(order: Order) -> None:
    with work(by=SAM):
        evaluate_holds(locked_order(order.pk), by=SAM)


def test_a_better_address_releases_and_a_worse_one_holds() -> None:
    a_rule(RuleKind.ADDRESS_INCOMPLETE, reason=HoldReason.ADDRESS)
    order = place(shipping_address=ADDRESS | {"postal_code": ""})
    Order.objects.filter(pk=order.pk).update(shipping_address=ADDRESS)
    evaluate(order)
    hold = OrderHold.objects.get()
    assert (hold.released_by, held(order)) == ("system", [])

    Order.objects.filter(pk=order.pk).update(shipping_address=ADDRESS | {"postal_code": ""})
    evaluate(order)
    evaluate(order)
    assert held(order) == [("address_incomplete", {"fields": ["postal_code"]})]
    order.refresh_from_db()
    assert order.fulfillment_status == "on_hold"


def test_what_a_person_released_stays_released_until_there_is_news() -> None:
    above("10.00")
    velocity()
    place()
    order = place()
    assert [name for name, _facts in held(order)] == ["amount_above", "velocity"]
    for hold in order.holds.all():
        release_hold(hold.public_id, by=SAM)
    place()  # counted by the velocity rule, and no news

    evaluate(order)
    assert held(order) == []

    for total in (50, 60):  # another amount is news; while it is held the hold says what is so now
        Order.objects.filter(pk=order.pk).update(total=total)
        evaluate(order)
        assert held(order) == [("amount_above", {"amount": f"{total}.00", "currency": "EUR"})]
    assert order.holds.model.objects.filter(order=order).count() == 3


def test_holds_of_people_are_left_alone_and_what_is_over_isnt_judged() -> None:
    from orders.services.cancel import cancel_order
    from orders.services.hold import hold_order
    from orders.states import CancelReason

    order = place()
    hold_order(order.pk, reason=HoldReason.OTHER, by=SAM)
    evaluate(order)
    assert held(order) == [("", {})]
    above("0.00")
    cancel_order(order.pk, reason=CancelReason.STAFF, by=SAM)
    evaluate(order)
    assert held(order) == [("", {})]


# --- in words


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: above("500.00"), "Hold orders above €500.00: Fraud review."),
        (
            lambda: above("500.00", first=True, release_after_hours=12),
            "Hold orders above €500.00 when it is the customer's first order: Fraud review. "
            "After 12 hours it goes on by itself.",
        ),
        (
            lambda: velocity(times=4, same="phone"),
            "Hold an order when it is number 4 or later within 24 hours with the same phone number: Fraud review.",
        ),
        (
            lambda: a_rule(RuleKind.PRODUCTS, skus=["WINE"], only_lines=True, reason=HoldReason.OTHER),
            "Hold orders with WINE: Other. Only the lines with them wait.",
        ),
        (
            lambda: a_rule(RuleKind.COUNTRIES, countries=["FR"], channel=ChannelFactory()),
            "Hold orders whose bill or goods go to FR: Fraud review. Only in Web shop.",
        ),
    ],
)
def test_a_rule_as_a_sentence(make: Any, says: str) -> None:
    assert sentence(make()) == says


@pytest.mark.parametrize("kind", RuleKind)
def test_every_kind_has_its_sentence_and_its_reason(kind: RuleKind) -> None:
    facts = {
        "amount": "9.50",
        "currency": "EUR",
        "times": 3,
        "billing": "FR",
        "shipping": "DE",
        "countries": ["FR"],
        "fields": ["city"],
        "skus": ["MUG"],
        "tags": [],
    }
    rule = HoldRule(kind=kind, counted="orders", same="email", times=3, within_hours=1, amount=1, currency="EUR")
    assert sentence(rule).startswith("Hold ")
    assert why(OrderHold(rule=rule, facts=facts))
    assert "{" not in sentence(rule) + why(OrderHold(rule=rule, facts=facts))


def test_a_product_may_have_any_data() -> None:
    a_rule(RuleKind.PRODUCTS, tags=["x"], categories=["y"])
    Product.objects.filter(sku="MUG").update(metadata={"tags": "x", "category": ["y"]})
    assert held(place()) == []
