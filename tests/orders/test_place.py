"""Placing an order: prices, stock, money, promises; and refusals that change nothing."""

from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import timezone

from orders.errors import (
    DuplicateExternalRef,
    GatewayUnavailable,
    InvalidRequest,
    OutOfStock,
    PaymentDeclined,
    UnknownChannel,
    UnknownGateway,
    UnknownProduct,
    UnknownShippingMethod,
    WrongCurrency,
)
from orders.gateways.protocol import NoAnswer
from orders.gateways.sandbox import Sandbox
from orders.kernel.actor import SYSTEM
from orders.kernel.errors import DomainError
from orders.models import (
    Customer,
    DeliveryPromise,
    Notification,
    Order,
    OrderEvent,
    OrderLine,
    Partner,
    Payment,
    PaymentTransaction,
    Product,
)
from orders.requests import Buyer, PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.count import derive_statuses
from orders.services.place import place_order
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import ADDRESS, PAID, an_order
from warehouse.models import Allocation, StockLevel, StockMovement

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    """A mug for 12.50, ten in stock."""
    ShippingMethodFactory()
    product = ProductFactory(sku="MUG-BLUE", name="Blue mug")
    StockLevelFactory(product=product, on_hand=10)
    return product


@pytest.fixture
def partner() -> Partner:
    partner = Partner.objects.create(code="shop", name="Shop")
    partner.channels.add(ChannelFactory())
    return partner


TABLES = (Order, OrderLine, OrderEvent, Notification, Payment, PaymentTransaction, Allocation, StockMovement)


def everything() -> dict[str, int]:
    """How many rows there are of all that a placement writes."""
    counts = {model.__name__: model._default_manager.count() for model in TABLES}
    return counts | {"allocated": sum(StockLevel.objects.values_list("allocated", flat=True))}


def test_an_unpaid_order_is_placed_and_its_stock_reserved(mug: Product) -> None:
    order = place_order(an_order(WantedLine(sku="MUG-BLUE", quantity=2)), by=SYSTEM)

    order.refresh_from_db()
    assert (order.status, order.payment_status, order.fulfillment_status) == ("placed", "unpaid", "unfulfilled")
    assert (order.items_total, order.shipping_total, order.tax_total, order.total) == (
        D("25.00"),
        D("4.90"),
        D("4.77"),
        D("29.90"),
    )
    assert order.balance == D("29.90")
    assert order.email == "ada@example.com"
    assert order.customer.email == "ada@example.com"
    line = order.lines.get()
    assert (line.ordered, line.allocated, line.backordered) == (2, 2, 0)
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated) == (10, 2)
    assert list(order.events.values_list("type", "seq")) == [("order.placed", 1)]
    assert Notification.objects.filter(order=order).count() == 1
    promises = DeliveryPromise.objects.filter(line=line)
    assert list(promises.values_list("kind", "promised_on")) == [
        ("promise", line.promised_on),
        ("notice", line.promised_on),
    ]


def test_a_paid_order_is_confirmed(mug: Product) -> None:
    order = place_order(an_order(WantedLine(sku="MUG-BLUE", quantity=2), payment=PAID), by=SYSTEM)

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "authorized")
    assert (order.authorized_total, order.captured_total, order.balance) == (D("29.90"), D(0), D(0))
    payment = order.payments.get()
    assert (payment.status, payment.authorized_amount) == ("authorized", D("29.90"))
    charge = payment.transactions.get()
    assert (charge.kind, charge.status, charge.idempotency_key) == (
        "authorization",
        "success",
        f"{payment.public_id}.authorize",
    )
    assert list(order.events.values_list("type", flat=True))[:3] == [
        "order.placed",
        "payment.authorized",
        "order.confirmed",
    ]


def test_a_declined_payment_keeps_nothing(mug: Product) -> None:
    with pytest.raises(PaymentDeclined) as refusal:
        place_order(
            an_order(WantedLine(sku="MUG-BLUE", quantity=2), payment=PayBy(gateway="sandbox", token="tok_decline")),
            by=SYSTEM,
        )

    assert refusal.value.http_status == 402
    assert Order.objects.get().status == "declined"
    assert StockLevel.objects.get().allocated == 0
    assert Allocation.objects.filter(status="open").count() == 0
    assert OrderEvent.objects.filter(public=True).count() == 0
    assert Notification.objects.count() == 0


def test_the_same_external_ref_may_try_again_after_a_decline(mug: Product, partner: Partner) -> None:
    wanted = an_order(WantedLine(sku="MUG-BLUE", quantity=1), external_ref="web-1")
    declined = an_order(
        WantedLine(sku="MUG-BLUE", quantity=1),
        external_ref="web-1",
        payment=PayBy(gateway="sandbox", token="tok_decline"),
    )
    with pytest.raises(PaymentDeclined):
        place_order(declined, by=SYSTEM, partner=partner)

    assert place_order(wanted, by=SYSTEM, partner=partner).status == "placed"


def test_a_silent_gateway_leaves_the_order_to_the_completer(mug: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(*_args: Any) -> None:
        raise NoAnswer

    with monkeypatch.context() as patched:
        patched.setattr(Sandbox, "authorize", silence)
        with pytest.raises(GatewayUnavailable):
            place_order(an_order(WantedLine(sku="MUG-BLUE", quantity=1), payment=PAID), by=SYSTEM)
    order = Order.objects.get()
    assert order.status == "submitted"
    assert OrderEvent.objects.count() == 0

    assert settle_payments() == 0  # its request may still be asking
    PaymentTransaction.objects.update(due_at=timezone.now())

    assert settle_payments() == 1

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "authorized")
    assert settle_payments(order.pk) == 0


def test_a_customer_who_must_act_first(mug: Product) -> None:
    order = place_order(
        an_order(WantedLine(sku="MUG-BLUE", quantity=1), payment=PayBy(gateway="sandbox", token="tok_requires_action")),
        by=SYSTEM,
    )

    payment = order.payments.get()
    assert (order.status, order.payment_status, payment.status) == ("placed", "unpaid", "requires_action")
    assert payment.action_url is not None
    assert payment.action_url.endswith(f"/sandbox/pay/{payment.public_id}")


def test_a_free_order_is_confirmed_without_asking_anybody(mug: Product) -> None:
    wanted = an_order(WantedLine(sku="MUG-BLUE", quantity=1, discount=D("12.50")), shipping_price=D(0), payment=PAID)

    order = place_order(wanted, by=SYSTEM)

    assert (order.status, order.payment_status, order.total) == ("confirmed", "paid", D(0))
    assert order.payments.count() == 0
    assert Order.objects.get().payment_status == "paid"
    derive_statuses(order.pk)
    assert Order.objects.get().payment_status == "paid"
    assert cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM).payment_status == "unpaid"


def test_an_order_that_comes_to_cost_nothing_is_paid_once_it_is_confirmed(mug: Product) -> None:
    ProductFactory(sku="GIFT", price=D(0), out_of_stock_policy=["backorder"])
    wanted = an_order(WantedLine(sku="MUG-BLUE", quantity=1), WantedLine(sku="GIFT", quantity=1), shipping_price=D(0))
    order = place_order(wanted, by=SYSTEM)
    assert (order.status, order.payment_status) == ("placed", "unpaid")

    line = order.lines.all()[0].public_id
    order = cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line: 1}, by=SYSTEM)

    assert (order.status, order.payment_status, order.total) == ("confirmed", "paid", D(0))
    derive_statuses(order.pk)
    assert Order.objects.get().version == order.version


def test_cash_on_delivery_is_confirmed_at_once_where_the_channel_says_so(mug: Product) -> None:
    ChannelFactory(code="web").__class__.objects.update(confirms_manual_at_once=True)

    order = place_order(an_order(WantedLine(sku="MUG-BLUE", quantity=1), payment=PayBy(gateway="manual")), by=SYSTEM)

    assert order.status == "confirmed"
    assert order.payments.get().status == "pending"


def test_a_short_line_waits_when_its_policy_says_so(mug: Product) -> None:
    Product.objects.update(out_of_stock_policy=["backorder"])

    order = place_order(an_order(WantedLine(sku="MUG-BLUE", quantity=12)), by=SYSTEM)

    line = order.lines.get()
    assert (line.ordered, line.allocated, line.backordered) == (12, 10, 2)
    assert order.fulfillment_status == "backordered"


def refusals() -> Iterator[Any]:
    mug = WantedLine(sku="MUG-BLUE", quantity=1)
    yield an_order(WantedLine(sku="MUG-BLUE", quantity=11)), OutOfStock, "#/lines/0/quantity"
    yield an_order(mug, WantedLine(sku="NO", quantity=1)), UnknownProduct, "#/lines/1/sku"
    yield an_order(mug, currency="USD"), WrongCurrency, "#/currency"
    yield an_order(mug, channel="nowhere"), UnknownChannel, "#/channel"
    yield an_order(mug, shipping_method="rocket"), UnknownShippingMethod, "#/shipping_method"
    yield an_order(mug, payment=PayBy(gateway="gold")), UnknownGateway, "#/payment/gateway"
    yield an_order(mug, payment=PayBy(gateway="gift_card")), InvalidRequest, "#/payment/token"
    yield an_order(mug, shipping_price=D("1000000000")), InvalidRequest, "#/shipping_price"
    yield an_order(mug, discount=D("12.51")), InvalidRequest, "#/discount"
    yield an_order(mug, shipping_price=D("1.001")), InvalidRequest, "#/shipping_price"
    yield (
        an_order(WantedLine(sku="MUG-BLUE", quantity=1, discount=D("20"))),
        InvalidRequest,
        "#/lines/0/discount",
    )


@pytest.mark.parametrize(("wanted", "error", "pointer"), list(refusals()))
def test_refusals_name_the_field_and_change_nothing(
    mug: Product, wanted: Any, error: type[DomainError], pointer: str, transactional_db: None
) -> None:
    before = everything()

    with pytest.raises(error) as refusal:
        place_order(wanted, by=SYSTEM)

    assert [e.pointer for e in refusal.value.errors] == [pointer]
    assert everything() == before
    assert Customer.objects.count() == 0


def test_a_second_order_of_the_same_external_ref(mug: Product, partner: Partner, transactional_db: None) -> None:
    wanted = an_order(WantedLine(sku="MUG-BLUE", quantity=1), external_ref="web-1")
    first = place_order(wanted, by=SYSTEM, partner=partner)
    before = everything()

    with pytest.raises(DuplicateExternalRef) as refusal:
        place_order(wanted, by=SYSTEM, partner=partner)

    assert refusal.value.extra == {"order": first.number}
    assert everything() == before


def test_two_lines_of_one_product(mug: Product) -> None:
    order = place_order(
        an_order(WantedLine(sku="MUG-BLUE", quantity=6), WantedLine(sku="MUG-BLUE", quantity=4)), by=SYSTEM
    )

    assert list(order.lines.values_list("allocated", flat=True)) == [6, 4]
    assert StockLevel.objects.get().allocated == 10


def test_a_known_customer_stays_as_he_is(mug: Product) -> None:
    Customer.objects.create(email="ada@example.com", name="Countess", language="en")

    order = place_order(
        an_order(
            WantedLine(sku="MUG-BLUE", quantity=1), customer=Buyer(email="ADA@example.com", name="X", language="de")
        ),
        by=SYSTEM,
    )

    assert (order.customer.pk, order.language) == (Customer.objects.get().pk, "de")
    assert Customer.objects.get().name == "Countess"
    assert order.shipping_address == ADDRESS
