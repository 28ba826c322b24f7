"""What a customer asks to be changed: kept for staff, made, declined in words, withdrawn, or made at once."""

from decimal import Decimal as D
from typing import Any

import pytest
from django.utils.translation import override

from orders.change_requests import AddLine, ChangeAction, SetQuantity, SetShippingAddress
from orders.errors import AlreadyRequested, InvalidRequest, NotChangeable, NotRequested, Stale
from orders.kernel.actor import CUSTOMER
from orders.models import Channel, Notification, Order, OrderChange, OrderLine, ProcessException
from orders.order_words import refusal_words
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.decide_change import approve_change, decline_change
from orders.services.preview_change import Preview, preview_change
from orders.services.render import render_message
from orders.services.request_change import request_change, withdraw_change
from orders.states import CancelReason
from tests.factories.orders import ADDRESS
from tests.orders.test_change import line, placed, shop
from tests.orders.test_draft import AGENT, refused
from warehouse.models import StockLevel

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
BONN = {**ADDRESS, "line1": "Am Markt 2", "city": "Bonn", "postal_code": "53111"}


def ask(order: Order, *actions: ChangeAction) -> OrderChange:
    return request_change(order.pk, actions, by=CUSTOMER)


def fewer(order: Order) -> SetQuantity:
    return SetQuantity(line=line(order, "CUP").public_id, quantity=1)


def open_questions() -> list[tuple[Any, ...]]:
    return list(ProcessException.objects.order_by("pk").values_list("category", "status"))


def test_a_wish_waits_for_staff_and_changes_nothing(shop: None) -> None:
    order = placed()
    before = list(OrderLine.objects.order_by("pk").values_list()), Order.objects.values_list("version", "total").get()
    change = ask(order, fewer(order), SetShippingAddress(address=BONN))
    assert (change.status, change.made_by) == ("requested", "customer")
    assert [entry["what"] for entry in change.diff][:1] == ["quantity"]
    assert before == (
        list(OrderLine.objects.order_by("pk").values_list()),
        Order.objects.values_list("version", "total").get(),
    )
    assert open_questions() == [("change_requested", "open")]
    event = order.events.get(type="change.requested")
    assert (event.public, event.data["actions"]) == (True, ["set_quantity", "set_shipping_address"])
    assert "Bonn" not in str(event.data)


def test_the_customer_is_told_that_it_arrived_and_that_it_was_taken_back(shop: None) -> None:
    order = placed()
    Order.objects.update(language="en")
    ask(order, fewer(order), SetShippingAddress(address=BONN))
    mail = render_message(Notification.objects.get(template="orders/mail/change_requested"))
    assert mail.subject == f"We got your wish about order {order.number}"
    for words in (mail.text, mail.html):
        assert "Cup: 1 instead of 3" in words
        assert "53111 Bonn" in words
        assert "Am Markt" not in words  # an open mail doesn't tell where somebody lives
        assert "We look at it and write to you. Until then your order stays as it is." in words
    withdraw_change(order.pk, by=CUSTOMER)
    mail = render_message(Notification.objects.get(template="orders/mail/change_withdrawn"))
    assert mail.subject == f"Your order {order.number} stays as it is"
    for words in (mail.text, mail.html):
        assert "You took your wish for a change back." in words
    told = Notification.objects.filter(template__startswith="orders/mail/change_")
    assert list(told.order_by("pk").values_list("template", "kind")) == [
        ("orders/mail/change_requested", "order"),
        ("orders/mail/change_withdrawn", "order"),
    ]


def test_staff_make_it_as_the_order_is_now(shop: None) -> None:
    order = placed()
    change = ask(order, fewer(order), SetShippingAddress(address=BONN))
    approve_change(change.pk, by=AGENT)
    row = OrderChange.objects.get()
    order.refresh_from_db()
    assert (row.status, row.made_by, row.decided_by, row.difference) == ("confirmed", "customer", "maria", "given_back")
    assert (order.shipping_address["city"], line(order, "CUP").active) == ("Bonn", 1)
    assert order.total < D("38.89")
    assert open_questions() == [("change_requested", "resolved")]
    assert StockLevel.objects.get(product__sku="CUP").allocated == 1
    refused(NotRequested, lambda: approve_change(change.pk, by=AGENT))


def test_staff_decline_it_in_words_that_the_customer_reads(shop: None) -> None:
    order = placed()
    change = ask(order, fewer(order))
    refused(InvalidRequest, lambda: decline_change(change.pk, answer=" ", by=AGENT))
    decline_change(change.pk, answer="It is being packed already.", by=AGENT)
    mail = Notification.objects.get(template="orders/mail/change_declined")
    assert "It is being packed already." in render_message(mail).text
    assert OrderChange.objects.get().answer == "It is being packed already."
    assert "being packed" not in str(order.events.get(type="change.declined").data)
    assert open_questions() == [("change_requested", "resolved")]
    refused(NotRequested, lambda: decline_change(change.pk, answer="No.", by=AGENT))


def test_a_wish_is_taken_back(shop: None) -> None:
    order = placed()
    change = ask(order, fewer(order))
    refused(AlreadyRequested, lambda: ask(order, fewer(order)))
    withdraw_change(order.pk, by=CUSTOMER)
    assert OrderChange.objects.get().status == "cancelled"
    assert open_questions() == [("change_requested", "resolved")]
    refused(NotRequested, lambda: withdraw_change(order.pk, by=CUSTOMER))
    assert ask(order, fewer(order)).pk != change.pk


def test_customers_change_only_what_is_theirs_to_change(shop: None) -> None:
    order = placed()
    more = SetQuantity(line=line(order, "CUP").public_id, quantity=4)
    refused(NotChangeable, lambda: ask(order, more))
    refused(NotChangeable, lambda: ask(order, AddLine(sku="POT", quantity=1)))
    OrderLine.objects.filter(sku="MUG").update(allocated=1, picked=1, packed=1)
    refused(NotChangeable, lambda: ask(order, fewer(order)))


def test_nothing_would_be_left(shop: None) -> None:
    order = placed()
    gone = [SetQuantity(line=line(order, sku).public_id, quantity=0) for sku in ("MUG", "CUP")]
    refused(NotChangeable, lambda: ask(order, *gone))


def test_what_costs_nothing_more_is_made_at_once_where_the_channel_says_so(shop: None) -> None:
    order = placed()
    Channel.objects.update(customers_change_at_once=True)
    change = ask(order, fewer(order))
    assert (change.status, change.made_by, line(order, "CUP").active) == ("confirmed", "customer", 1)
    assert open_questions() == []
    assert Notification.objects.filter(template="orders/mail/changed").count() == 1
    assert not Notification.objects.filter(template="orders/mail/change_requested").exists()


def test_a_wish_ends_with_its_order(shop: None) -> None:
    order = placed()
    change = ask(order, fewer(order))
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line(order, "MUG").public_id: 1}, by=AGENT)
    assert open_questions() == [("change_requested", "open")]
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=AGENT)
    change.refresh_from_db()
    assert (change.status, open_questions()) == ("cancelled", [("change_requested", "resolved")])
    assert not order.events.filter(type="change.withdrawn").exists()
    assert not Notification.objects.filter(template="orders/mail/change_withdrawn").exists()


def test_what_was_previewed_of_an_older_order_isnt_kept(shop: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent changes the order after the wish was reckoned and before it is written down."""
    order = placed()
    less = fewer(order)

    def overtaken(*args: Any, **options: Any) -> Preview:
        preview = preview_change(*args, **options)
        change_order(order.pk, [SetQuantity(line=line(order, "MUG").public_id, quantity=1)], by=AGENT)
        return preview

    monkeypatch.setattr("orders.services.request_change.preview_change", overtaken)
    with pytest.raises(Stale) as refusal:
        ask(order, less)
    with override("de"):
        assert (
            refusal_words(refusal.value)
            == "Ihre Bestellung wurde inzwischen geändert. Bitte sehen Sie noch einmal nach."
        )
    assert OrderChange.objects.get().made_by == "maria"
    assert (open_questions(), line(order, "CUP").active) == ([], 3)
    assert not order.events.filter(type="change.requested").exists()
    monkeypatch.undo()
    kept = ask(order, less)
    order.refresh_from_db()
    assert (kept.version_before, kept.total_before) == (order.version, order.total)
