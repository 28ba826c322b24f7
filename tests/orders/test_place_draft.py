"""A draft becomes an order: with what it has reserved, once, paid or not; and stays a draft when it can't."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import timezone

from orders.drafts import DraftBuyer, DraftLine
from orders.errors import (
    GatewayUnavailable,
    InvalidRequest,
    NoAddress,
    NotADraft,
    OutOfStock,
    PaymentDeclined,
    PaymentInFlight,
    PricesChanged,
    Stale,
)
from orders.gateways.protocol import NoAnswer
from orders.gateways.sandbox import Sandbox
from orders.gift_codes import code_of
from orders.kernel.actor import SYSTEM
from orders.models import (
    Channel,
    CustomerAddress,
    DeliveryPromise,
    Draft,
    Notification,
    Order,
    OrderLine,
    Payment,
    PaymentLink,
    PaymentTransaction,
    Product,
)
from orders.models import ProcessException as Exceptional
from orders.requests import PayBy
from orders.services.cancel import cancel_order
from orders.services.draft import create_draft, discard_draft, update_draft
from orders.services.end_drafts import expire_due_drafts
from orders.services.expire import expire_due_orders
from orders.services.merge import merge_customers
from orders.services.place_draft import place_draft
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.factories.orders import CustomerFactory
from tests.factories.value import a_card, credit_of
from tests.orders.requests import PAID, an_order
from tests.orders.rules import above
from tests.orders.test_draft import AGENT, SOON, drafted, refused, reserved, save, shop, told
from warehouse.models import Backorder, FulfillmentOrderLine, StockLevel

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
DECLINED = PayBy(gateway="sandbox", token="tok_decline")


def place(draft: Draft, payment: PayBy | None = PAID, **options: Any) -> Order:
    return place_draft(draft.pk, payment=payment, **options, by=AGENT)


def mails() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("template", flat=True))


def test_a_paid_draft_is_confirmed_and_goes_to_the_warehouse(shop: None) -> None:
    draft = drafted(
        DraftLine(sku="MUG", quantity=2), DraftLine(sku="CUP", quantity=3), reserve_until=timezone.now() + SOON
    )
    order = place(draft)
    order.refresh_from_db()
    assert (order.status, order.payment_status, order.total) == ("confirmed", "authorized", D("39.89"))
    assert (order.authorized_total, order.balance) == (D("39.89"), D("0"))
    assert (reserved("MUG"), reserved("CUP")) == (2, 3)
    assert sum(FulfillmentOrderLine.objects.values_list("quantity", flat=True)) == 5
    assert told(draft) == [
        "draft.created",
        "order.placed",
        "payment.authorized",
        "order.confirmed",
        "fulfillment_order.opened",
    ]
    assert mails() == ["orders/mail/placed"]
    row = Draft.objects.get()
    assert (row.reserve_until, row.expires_at, row.ended_at is not None) == (None, None, True)
    assert all(line.promised_on for line in OrderLine.objects.all())
    assert DeliveryPromise.objects.filter(kind="promise").count() == 2


def test_an_unpaid_draft_is_placed_and_takes_its_goods(shop: None) -> None:
    order = place(drafted(), payment=None)
    assert (order.status, order.payment_status) == ("placed", "unpaid")
    assert (reserved("MUG"), reserved("CUP")) == (2, 3)
    assert not FulfillmentOrderLine.objects.exists()


def test_a_draft_paid_by_hand_announces_its_payment(shop: None) -> None:
    order = place(drafted(), payment=PayBy(gateway="manual"))
    payment = Payment.objects.get()
    assert (order.status, payment.gateway, payment.status, payment.amount) == (
        "placed",
        "manual",
        "pending",
        D("39.89"),
    )


def test_at_the_door_goes_to_the_warehouse_at_once_where_the_channel_says_so(shop: None) -> None:
    draft = drafted()
    draft.order.channel.confirms_manual_at_once = True
    draft.order.channel.save()
    assert place(draft, payment=PayBy(gateway="manual")).status == "confirmed"
    assert sum(FulfillmentOrderLine.objects.values_list("quantity", flat=True)) == 5


def test_by_link_it_is_placed_and_the_customer_is_sent_where_to_pay(shop: None) -> None:
    order = place(drafted(), payment=None, by_link=True)
    link = PaymentLink.objects.get()
    assert (order.status, link.status, link.amount, link.sent_by) == ("placed", "open", None, str(AGENT))
    assert told(Draft.objects.get()) == ["draft.created", "order.placed", "payment.link_sent"]
    assert mails() == ["orders/mail/placed", "orders/mail/payment_link"]


def test_whoever_has_no_mail_address_gets_no_link_and_the_draft_stays(shop: None) -> None:
    draft = drafted(customer=DraftBuyer(email="", name="Ada", phone="+49 30 1234567"))
    refused(NoAddress, lambda: place(draft, payment=None, by_link=True))
    assert (Order.objects.get().status, reserved("MUG"), PaymentLink.objects.count()) == ("draft", 0, 0)


def test_it_expires_and_is_found_by_phone_as_any_other_order(shop: None) -> None:
    draft = drafted(customer=DraftBuyer(email="ada@example.com", name="Ada", phone="030 1234567"))
    Channel.objects.update(unpaid_expires_after_hours=48)
    before = timezone.now()
    order = place(draft, payment=None)
    order.refresh_from_db()
    assert order.expires_at is not None
    assert before + timedelta(hours=48) <= order.expires_at <= timezone.now() + timedelta(hours=48)
    assert order.phone_e164 == "+49301234567"
    assert CustomerAddress.objects.get().customer_id == order.customer_id
    Order.objects.update(expires_at=timezone.now())
    assert expire_due_orders() == 1
    assert (reserved("MUG"), reserved("CUP")) == (0, 0)


def test_hold_rules_stop_it_before_the_warehouse_hears_of_it(shop: None) -> None:
    above("20.00")
    order = place(drafted())
    assert (order.status, order.fulfillment_status) == ("confirmed", "on_hold")
    assert told(Draft.objects.get())[1:4] == ["order.placed", "order.held", "payment.authorized"]


def test_a_gift_card_pays_what_it_has_and_the_gateway_the_rest(shop: None) -> None:
    card = a_card("10.00")
    order = place(drafted(), None, payments=[PayBy(gateway="gift_card", token=code_of(card)), PAID])
    card.refresh_from_db()
    assert (order.status, order.balance, card.balance) == ("confirmed", D(0), D(0))
    assert [(row.gateway, row.status, row.amount) for row in Payment.objects.order_by("pk")] == [
        ("gift_card", "authorized", D("10.00")),
        ("sandbox", "authorized", D("29.89")),
    ]


def test_store_credit_that_is_enough_needs_no_gateway(shop: None) -> None:
    draft = drafted()
    credit = credit_of("ada@example.com", "50.00")
    order = place(draft, None, payments=[PayBy(gateway="store_credit")])
    credit.refresh_from_db()
    assert (order.status, order.payment_status, credit.balance) == ("confirmed", "authorized", D("10.11"))


def test_a_refused_rest_gives_the_card_back_and_the_next_attempt_may_use_it(shop: None) -> None:
    card, draft = a_card("10.00"), drafted(reserve_until=timezone.now() + SOON)
    wish = PayBy(gateway="gift_card", token=code_of(card))
    for _attempt in range(2):
        with pytest.raises(PaymentDeclined):
            place(draft, None, payments=[wish, DECLINED])
        order = Order.objects.get()
        card.refresh_from_db()
        assert (order.status, order.payment_status, order.authorized_total) == ("draft", "voided", D(0))
        assert (card.balance, reserved("MUG"), mails()) == (D("10.00"), 2, [])
    placed = place(draft, None, payments=[wish, PAID])
    card.refresh_from_db()
    assert (placed.status, placed.balance, card.balance) == ("confirmed", D(0), D(0))
    assert told(draft) == [
        "draft.created",
        "order.placed",
        "payment.authorized",
        "payment.authorized",
        "order.confirmed",
        "fulfillment_order.opened",
    ]


def test_of_two_gateways_a_no_of_the_second_gives_the_first_ones_money_back(shop: None) -> None:
    draft = drafted()
    first = PayBy(gateway="sandbox", token="tok_ok", amount=D("10.00"))
    with pytest.raises(PaymentDeclined):
        place(draft, None, payments=[first, DECLINED])
    order = Order.objects.get()
    assert (order.status, order.authorized_total, order.balance) == ("draft", D(0), D("39.89"))
    assert set(Payment.objects.values_list("status", flat=True)) == {"voided", "failed"}
    assert told(draft) == ["draft.created"]
    placed = place(draft, None, payments=[first, PAID])
    assert (placed.status, placed.authorized_total) == ("confirmed", D("39.89"))


def test_nothing_is_placed_or_ended_while_an_earlier_attempts_money_is_going_back(
    shop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = drafted()
    first = PayBy(gateway="sandbox", token="tok_ok", amount=D("10.00"))
    with monkeypatch.context() as silent:
        silent.setattr(Sandbox, "void", _silence)
        with pytest.raises(PaymentDeclined):
            place(draft, None, payments=[first, DECLINED])
    refused(PaymentInFlight, lambda: place(draft))
    refused(PaymentInFlight, lambda: discard_draft(draft.pk, by=AGENT))
    Draft.objects.update(expires_at=timezone.now())
    assert expire_due_drafts(by=SYSTEM) == 0
    PaymentTransaction.objects.filter(status="pending").update(due_at=timezone.now(), leased_until=None)
    settle_payments(draft.order_id)
    assert place(draft).authorized_total == D("39.89")


def test_where_money_is_taken_at_once_it_is(shop: None) -> None:
    draft = drafted()
    Channel.objects.update(capture_at="placement")
    place(draft)
    assert Order.objects.get().captured_total == D("39.89")


def test_a_customer_who_was_merged_meanwhile_buys_it(shop: None) -> None:
    draft = drafted()
    survivor = CustomerFactory()
    merge_customers(survivor.pk, absorbed=draft.order.customer_id, by=AGENT)
    save(draft, note="still theirs")
    order = place(draft)
    assert order.customer_id == survivor.pk
    assert CustomerAddress.objects.get().customer_id == survivor.pk


def _silence(*_args: Any) -> None:
    raise NoAnswer("nobody there")


def test_a_refused_payment_leaves_the_draft_as_it_was(shop: None) -> None:
    draft = drafted(reserve_until=timezone.now() + SOON)
    with pytest.raises(PaymentDeclined):
        place(draft, DECLINED)
    order = Order.objects.get()
    assert (order.status, order.version, reserved("MUG")) == ("draft", 3, 2)
    assert (Payment.objects.get().status, told(draft), mails()) == ("failed", ["draft.created"], [])
    assert place(draft).status == "confirmed"
    assert reserved("MUG") == 2


def test_a_refused_payment_frees_what_was_only_taken_to_place_it(shop: None) -> None:
    Product.objects.filter(sku="MUG").update(out_of_stock_policy=["backorder"])
    draft = drafted(DraftLine(sku="MUG", quantity=12))
    with pytest.raises(PaymentDeclined):
        place(draft, DECLINED)
    assert (reserved("MUG"), Backorder.objects.count()) == (0, 0)
    save(draft, lines=(DraftLine(sku="CUP", quantity=1),))
    assert place(draft).status == "confirmed"


def test_what_may_wait_waits_for_goods_once_it_is_placed(shop: None) -> None:
    Product.objects.filter(sku="MUG").update(out_of_stock_policy=["backorder"])
    draft = drafted(DraftLine(sku="MUG", quantity=12), reserve_until=timezone.now() + SOON)
    place(draft)
    line = OrderLine.objects.get()
    assert (line.allocated, line.backordered, Backorder.objects.get().quantity) == (10, 2, 2)
    assert Order.objects.get().fulfillment_status == "backordered"


def test_lines_that_nobody_can_fill_are_named(shop: None) -> None:
    draft = drafted(
        DraftLine(sku="CUP", quantity=1), DraftLine(sku="MUG", quantity=12), reserve_until=timezone.now() + SOON
    )
    error = refused(OutOfStock, lambda: place(draft))
    assert [(wrong.pointer, wrong.detail) for wrong in error.errors] == [("#/lines/1/quantity", "MUG: 10 available.")]


def test_nobody_pays_a_price_that_they_havent_seen(shop: None) -> None:
    draft = drafted()
    Product.objects.filter(sku="MUG").update(price=D("13.00"))
    error = refused(PricesChanged, lambda: place(draft))
    assert [(wrong.pointer, wrong.detail) for wrong in error.errors] == [
        ("#/lines/0/unit_price", "MUG costs 13.00 now instead of 12.50.")
    ]
    save(draft)
    refused(PricesChanged, lambda: place(draft, expected_total=D("39.89")))
    assert place(draft, expected_total=D("40.89")).status == "confirmed"


def test_a_frozen_price_is_what_is_paid(shop: None) -> None:
    draft = save(drafted(), is_frozen=True)
    Product.objects.filter(sku="MUG").update(price=D("99.00"))
    assert place(draft).total == D("39.89")


def test_what_is_missing_is_named(shop: None) -> None:
    request = an_order(DraftLine(sku="MUG", quantity=1), shipping_address={}, customer=DraftBuyer(email="", name="Ada"))
    draft = create_draft(request, by=AGENT)
    error = refused(InvalidRequest, lambda: place(draft))
    assert [wrong.pointer for wrong in error.errors] == [
        "#/shipping_address/line1",
        "#/shipping_address/city",
        "#/shipping_address/name",
        "#/shipping_address/country",
        "#/customer",
    ]
    error = refused(InvalidRequest, lambda: place(draft, PayBy(gateway="gift_card")))
    assert [wrong.pointer for wrong in error.errors] == ["#/payment/token"]


def test_a_draft_is_placed_once_and_only_as_it_was_seen(shop: None) -> None:
    draft = drafted()
    refused(Stale, lambda: place(draft, versions={7}))
    place(draft)
    refused(NotADraft, lambda: place(draft))
    refused(NotADraft, lambda: update_draft(draft.pk, {"note": "x"}, by=AGENT))


def test_a_silent_gateway_is_asked_again_and_the_draft_waits(shop: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Sandbox.authorize

    def silent(*_: Any) -> Any:
        raise NoAnswer

    monkeypatch.setattr(Sandbox, "authorize", silent)
    draft = drafted()
    with pytest.raises(GatewayUnavailable):
        place(draft)
    assert Order.objects.get().status == "submitted"
    refused(NotADraft, lambda: save(draft, note="x"))
    monkeypatch.setattr(Sandbox, "authorize", real)
    PaymentTransaction.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    settle_payments(by=SYSTEM)
    assert Order.objects.get().status == "confirmed"


def test_placing_answers_the_call_that_was_promised(shop: None) -> None:
    from orders.services.call_back import ask_for_due_calls

    draft = drafted(call_back_at=timezone.now() + SOON)
    Draft.objects.update(call_back_at=timezone.now())
    ask_for_due_calls(by=SYSTEM)
    place(draft, payment=None)
    assert (Exceptional.objects.get().status, Draft.objects.get().call_back_at) == ("resolved", None)


def test_an_order_that_was_a_draft_is_cancelled_like_any_other(shop: None) -> None:
    draft = drafted(reserve_until=timezone.now() + SOON)
    order = place(draft)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=AGENT)
    settle_payments(order.pk)
    assert (Order.objects.get().status, StockLevel.objects.get(product__sku="MUG").allocated) == ("cancelled", 0)
