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
    NotADraft,
    OutOfStock,
    PaymentDeclined,
    PricesChanged,
    Stale,
)
from orders.gateways.protocol import NoAnswer
from orders.gateways.sandbox import Sandbox
from orders.kernel.actor import SYSTEM
from orders.models import DeliveryPromise, Draft, Notification, Order, OrderLine, Payment, PaymentTransaction, Product
from orders.models import ProcessException as Exceptional
from orders.requests import PayBy
from orders.services.cancel import cancel_order
from orders.services.draft import create_draft, update_draft
from orders.services.place_draft import place_draft
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.orders.requests import PAID, an_order
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
    assert order.status == "placed"
    assert "order.link_requested" in told(Draft.objects.get())


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
    error = refused(InvalidRequest, lambda: place(draft, PayBy(gateway="sandbox")))
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
