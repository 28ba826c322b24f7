"""Digital lines: no warehouse, no street; delivered once, when the order is confirmed and paid."""

import json
from decimal import Decimal as D

import pytest
from django.test import Client

from orders.change_requests import AddLine, SetShippingAddress
from orders.codes import proof_for
from orders.errors import AddressIncomplete, InvalidRequest
from orders.kernel.actor import SYSTEM
from orders.kernel.secret import opened, sealed
from orders.links import link_token
from orders.models import (
    DigitalCode,
    DigitalGood,
    Invoice,
    Notification,
    Order,
    OrderEvent,
    OrderLine,
    ProcessException,
    Product,
)
from orders.order_page import order_page
from orders.requests import PayBy, WantedLine
from orders.selectors import waiting_digital_orders
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.confirm import confirm_order
from orders.services.deliver_digital import add_codes, deliver_digital, deliver_waiting
from orders.services.export import export_customer
from orders.services.hold import hold_order, release_hold
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.refund import grant_refund
from orders.services.render import render_message
from orders.services.settle import settle_payments
from orders.states import CancelReason, HoldReason
from tests.factories.orders import ADDRESS, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.orders.rules import above
from warehouse.models import Allocation, FulfillmentOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def song() -> Product:
    """A song for 1.99 that is downloaded, and a mug to be sent."""
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=10)
    product = ProductFactory(sku="SONG", name="Song", price=D("1.99"), is_digital=True)
    DigitalGood.objects.create(product=product, url="https://example.com/song.mp3", text="Enjoy it.")
    return product


@pytest.fixture
def game(song: Product) -> DigitalGood:
    """A game for 20.00 that needs a code; there are none yet."""
    product = ProductFactory(sku="GAME", name="Game", price=D("20.00"), is_digital=True)
    return DigitalGood.objects.create(product=product, uses_codes=True)


def placed(*wanted: tuple[str, int], payment: PayBy | None = PAID, **changes: object) -> Order:
    lines = [WantedLine(sku=sku, quantity=n) for sku, n in wanted]
    order = place_order(an_order(*lines, payment=payment, shipping_price=D(0), **changes), by=SYSTEM)
    settle_payments(order.pk)
    return Order.objects.get(pk=order.pk)


def state(order: Order) -> tuple[str, str, str]:
    order.refresh_from_db()
    return order.status, order.fulfillment_status, order.payment_status


def delivered(order: Order) -> dict[str, int]:
    return dict(OrderLine.objects.filter(order=order).values_list("sku", "delivered"))


def test_a_paid_digital_order_is_over_at_once_without_a_street(song: Product) -> None:
    order = placed(("SONG", 2), shipping_address={"country": "DE"}, shipping_method="")

    assert state(order) == ("completed", "delivered", "paid")
    line = order.lines.get()
    assert (line.kind, line.shipped, line.delivered, line.allocated) == ("digital", 2, 2, 0)
    assert (Invoice.objects.get().total, order.captured_total) == (D("3.98"), D("3.98"))
    assert not Allocation.objects.exists()
    assert not FulfillmentOrder.objects.exists()
    events = list(OrderEvent.objects.filter(order=order).order_by("seq").values_list("type", flat=True))
    assert events.count("order.digital_delivered") == 1
    mail = render_message(Notification.objects.get(template="orders/mail/digital"))
    assert "https://example.com/song.mp3" in mail.text
    assert "Enjoy it." in mail.html


def test_goods_need_a_street(song: Product) -> None:
    with pytest.raises(AddressIncomplete) as refused:
        placed(("SONG", 1), ("MUG", 1), shipping_address={"country": "DE"})

    assert [(e.pointer, e.code) for e in refused.value.errors] == [
        ("#/shipping_address/line1", "required"),
        ("#/shipping_address/city", "required"),
        ("#/shipping_address/name", "required"),
    ]
    assert not Order.objects.exists()


def test_a_mixed_order_delivers_the_one_and_sends_the_other(song: Product) -> None:
    order = placed(("SONG", 1), ("MUG", 2), shipping_address=ADDRESS)

    assert state(order) == ("confirmed", "partially_delivered", "partially_paid")
    assert delivered(order) == {"SONG": 1, "MUG": 0}
    assert list(FulfillmentOrder.objects.get().lines.values_list("line__sku", "quantity")) == [("MUG", 2)]
    assert order.captured_total == D("1.99")


@pytest.mark.parametrize("payment", [None, PayBy(gateway="manual")])
def test_nothing_is_delivered_before_it_is_paid(song: Product, payment: PayBy | None) -> None:
    order = placed(("SONG", 1), payment=payment)
    assert (delivered(order), state(order)[0]) == ({"SONG": 0}, "placed")

    confirm_order(order.pk, by=SYSTEM)
    assert (delivered(order), waiting_digital_orders()) == ({"SONG": 0}, [])
    assert not deliver_digital(order.pk, by=SYSTEM)

    record_payment(order.pk, amount=D("1.99"), by=SYSTEM)
    assert (delivered(order), state(order)) == ({"SONG": 1}, ("completed", "delivered", "paid"))


def test_it_is_delivered_once(song: Product) -> None:
    order = placed(("SONG", 1))

    assert not deliver_digital(order.pk, by=SYSTEM)

    assert (Invoice.objects.count(), delivered(order)) == (1, {"SONG": 1})


def test_a_held_order_waits(song: Product) -> None:
    order = placed(("SONG", 1), payment=None)
    hold = hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, by=SYSTEM)
    record_payment(order.pk, amount=D("1.99"), by=SYSTEM)
    assert (delivered(order), state(order)[0]) == ({"SONG": 0}, "confirmed")

    release_hold(hold.public_id, by=SYSTEM)

    assert delivered(order) == {"SONG": 1}


def test_a_digital_line_that_is_added_is_delivered_when_it_is_paid(song: Product) -> None:
    order = placed(("MUG", 1), shipping_address=ADDRESS)
    change_order(order.pk, [AddLine(sku="SONG", quantity=1)], by=SYSTEM)
    assert delivered(order) == {"MUG": 0, "SONG": 0}

    record_payment(order.pk, amount=D("1.99"), by=SYSTEM)

    assert delivered(order) == {"MUG": 0, "SONG": 1}


def test_what_is_not_delivered_yet_can_be_cancelled(song: Product) -> None:
    order = placed(("SONG", 2), payment=None)

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)

    assert state(order) == ("cancelled", "not_required", "unpaid")


def test_money_goes_back_without_goods(song: Product) -> None:
    order = placed(("SONG", 2))

    grant_refund(order.pk, amount=D("3.98"), reason="goodwill", by=SYSTEM)
    settle_payments(order.pk)

    assert state(order)[2] == "refunded"


# --- codes


def test_each_unit_gets_a_code_that_nobody_else_gets(game: DigitalGood) -> None:
    assert add_codes(game.pk, ["AAA", "BBB", "CCC"], by=SYSTEM) == 3
    assert add_codes(game.pk, ["AAA", "DDD"], by=SYSTEM) == 1

    first, second = placed(("GAME", 2)), placed(("GAME", 1))

    given = [
        (code.line.order_id, opened(code.sealed)) for code in DigitalCode.objects.exclude(line=None).order_by("pk")
    ]
    assert given == [(first.pk, "AAA"), (first.pk, "BBB"), (second.pk, "CCC")]
    assert not ProcessException.objects.exists()


def test_codes_are_kept_encrypted_and_told_nowhere(game: DigitalGood) -> None:
    add_codes(game.pk, ["SECRET-CODE"], by=SYSTEM)
    order = placed(("GAME", 1))

    row = DigitalCode.objects.get()
    assert b"SECRET-CODE" not in bytes(row.sealed)
    assert "SECRET-CODE" not in row.fingerprint
    told = json.dumps(list(OrderEvent.objects.values_list("data", flat=True)))
    mails = [render_message(mail) for mail in Notification.objects.all()]
    assert not any("SECRET-CODE" in text for text in [told, *(m.text + m.html for m in mails), repr(order_page(order))])


def test_former_keys_open_what_they_closed(settings) -> None:
    kept = sealed("AAA")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert opened(kept) == "AAA"


def test_who_finds_no_code_gets_it_when_there_are_some(game: DigitalGood) -> None:
    add_codes(game.pk, ["AAA"], by=SYSTEM)
    order = placed(("GAME", 3))
    assert (delivered(order), state(order)[0]) == ({"GAME": 1}, "confirmed")
    question = ProcessException.objects.get()
    assert (question.category, question.status, question.order) == ("codes_missing", "open", order)

    assert deliver_waiting() == 0
    add_codes(game.pk, ["BBB", "CCC", "DDD"], by=SYSTEM)
    settle_payments(order.pk)

    assert (delivered(order), state(order)) == ({"GAME": 3}, ("completed", "delivered", "paid"))
    question.refresh_from_db()
    assert question.status == "resolved"
    assert Invoice.objects.count() == 2
    assert DigitalCode.objects.filter(line=None).count() == 1


def test_codes_are_shown_to_whoever_reads_the_orders_mailbox(game: DigitalGood) -> None:
    add_codes(game.pk, ["SECRET-CODE"], by=SYSTEM)
    order = placed(("GAME", 1))
    client = Client()
    page = client.get(f"/o/{order.public_id}?t={link_token(order)}", follow=True)
    assert b"SECRET-CODE" not in page.content
    assert f"/o/{order.public_id}/codes".encode() in page.content

    asked = client.get(f"/o/{order.public_id}/codes")
    assert (asked.status_code, asked["Location"]) == (302, f"/o/{order.public_id}/prove?next=codes")
    client.cookies["order_proof"] = proof_for(order)
    shown = client.get(f"/o/{order.public_id}/codes")

    assert (shown.status_code, b"SECRET-CODE" in shown.content) == (200, True)
    assert "no-store" in shown["Cache-Control"]


def test_a_stranger_sees_no_codes(game: DigitalGood) -> None:
    add_codes(game.pk, ["SECRET-CODE"], by=SYSTEM)
    order = placed(("GAME", 1))
    client = Client()
    client.cookies["order_proof"] = proof_for(order)

    answer = client.get(f"/o/{order.public_id}/codes")

    assert (answer.status_code, b"SECRET-CODE" in answer.content) == (404, False)


def test_goods_are_not_added_to_an_order_without_a_street(song: Product) -> None:
    order = placed(("SONG", 1), payment=None, shipping_address={"country": "DE"})

    with pytest.raises(InvalidRequest) as refused:
        change_order(order.pk, [AddLine(sku="MUG", quantity=1)], by=SYSTEM)

    assert [(e.pointer, e.code) for e in refused.value.errors] == [("#/actions/0/sku", "address_incomplete")]
    change_order(order.pk, [SetShippingAddress(address=ADDRESS), AddLine(sku="MUG", quantity=1)], by=SYSTEM)
    assert order.lines.count() == 2


def test_a_held_order_delivers_nothing(song: Product) -> None:
    above("1.00")

    order = placed(("SONG", 1))

    assert (order.status, order.fulfillment_status, delivered(order)) == ("confirmed", "on_hold", {"SONG": 0})
    release_hold(order.holds.get().public_id, by=SYSTEM)
    assert delivered(order) == {"SONG": 1}


def test_who_waits_for_no_code_any_more_asks_for_none(game: DigitalGood) -> None:
    order = placed(("GAME", 1), ("MUG", 1), shipping_address=ADDRESS)
    assert order.exceptions.get().facts == {"skus": ["GAME"]}

    game_line = OrderLine.objects.get(order=order, sku="GAME")
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={game_line.public_id: 1}, by=SYSTEM)

    assert order.exceptions.get().status == "resolved"


def test_codes_are_told_without_the_codes(game: DigitalGood) -> None:
    add_codes(game.pk, ["SECRET-1"], by=SYSTEM)
    order = placed(("GAME", 1))

    told = "".join(export_customer(order.customer_id, by=SYSTEM))

    (row,) = json.loads(told)["digital_codes"]
    assert (row["order_number"], row["line_sku"], row["line_name"]) == (order.number, "GAME", "Game")
    assert "SECRET-1" not in told
