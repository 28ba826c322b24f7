"""When a channel takes the money: at placement, at confirmation, or with each parcel; and what follows for the rest."""

from decimal import Decimal as D

import pytest
from django.core.management import call_command

from orders.kernel.actor import SYSTEM
from orders.models import Channel, Order, Refund
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.charge_again import charge_again
from orders.services.complete_action import complete_action
from orders.services.confirm import confirm_order
from orders.services.place import place_order
from orders.services.settle import settle_payments
from orders.states import CancelReason
from returns.services.inspect_return import Finding, inspect_return
from returns.states import Condition, Disposition
from tests.factories.orders import ChannelFactory, ProductFactory
from tests.factories.returns import ReturnRuleFactory, line_ids, received, requested
from tests.factories.shipping import PACKER, CarrierServiceFactory, delivered, dispatched, dispatched_at, stocked
from tests.fakes.stripe import FakeStripe
from tests.orders.requests import an_order
from tests.payments.conftest import Buy
from tests.payments.test_hooks import asks
from tests.payments.test_stripe import due_now, money
from warehouse.models import FulfillmentOrder

pytestmark = pytest.mark.django_db
audited = pytest.mark.django_db(transaction=True)
EARLY = ["placement", "confirmation"]


@pytest.fixture
def mugs(db: None) -> None:
    CarrierServiceFactory()
    ReturnRuleFactory()
    stocked(ProductFactory(sku="MUG"), 50)


def bought(capture_at: str, token: str = "tok_ok", mugs: int = 2) -> Order:
    ChannelFactory()
    Channel.objects.update(capture_at=capture_at)
    payment = PayBy(gateway="sandbox", token=token)
    return place_order(an_order(WantedLine(sku="MUG", quantity=mugs), payment=payment), by=SYSTEM)


def kinds(order: Order) -> list[tuple[str, str, D]]:
    rows = order.payments.get().transactions.order_by("pk")
    return list(rows.values_list("kind", "status", "amount"))


@audited
@pytest.mark.usefixtures("mugs")
@pytest.mark.parametrize(
    ("capture_at", "taken"), [("placement", "29.90"), ("confirmation", "29.90"), ("dispatch", "0.00")]
)
def test_a_whole_life(capture_at: str, taken: str) -> None:
    order = bought(capture_at)
    assert money(order) == (D("29.90"), D(taken), D(0), D(0))

    delivered(Order.objects.get(pk=order.pk))
    row = Order.objects.get(pk=order.pk)
    assert (row.status, row.payment_status) == ("completed", "paid")
    assert kinds(order) == [("authorization", "success", D("29.90")), ("charge", "success", D("29.90"))]
    assert row.invoices.get().total == D("29.90")
    call_command("audit")

    returning = received(requested(row, {"MUG": 2}))
    accepted = Finding(
        line=line_ids(returning)["MUG"], accepted=2, condition=Condition.NEW, disposition=Disposition.RESTOCK
    )
    inspect_return(returning.pk, findings=[accepted], by=PACKER)
    settle_payments(order.pk)
    assert money(order) == (D("29.90"), D("29.90"), D("29.90"), D(0))
    assert Refund.objects.get().status == "succeeded"
    call_command("audit")


@audited
@pytest.mark.usefixtures("mugs")
@pytest.mark.parametrize("capture_at", EARLY)
def test_cancelled_before_dispatch_the_money_goes_back(capture_at: str) -> None:
    order = bought(capture_at)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    settle_payments(order.pk)

    assert money(order) == (D("29.90"), D("29.90"), D("29.90"), D(0))
    assert Order.objects.get().payment_status == "refunded"
    assert [kind for kind, _, _ in kinds(order)] == ["authorization", "charge", "refund"]
    call_command("audit")


@audited
@pytest.mark.usefixtures("mugs")
def test_at_dispatch_a_cancelled_order_is_voided() -> None:
    order = bought("dispatch")
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    settle_payments(order.pk)

    assert money(order) == (D(0), D(0), D(0), D(0))
    assert [kind for kind, _, _ in kinds(order)] == ["authorization", "void"]
    call_command("audit")


@audited
@pytest.mark.usefixtures("mugs")
@pytest.mark.parametrize("capture_at", EARLY)
def test_cancelled_in_part_the_bill_finds_its_money_taken(capture_at: str) -> None:
    order = bought(capture_at)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={order.lines.get().public_id: 1}, by=SYSTEM)
    settle_payments(order.pk)
    assert money(order) == (D("29.90"), D("29.90"), D("12.50"), D(0))

    delivered(Order.objects.get(pk=order.pk))

    row = Order.objects.get(pk=order.pk)
    assert (row.status, row.invoices.get().total) == ("completed", D("17.40"))
    assert money(order) == (D("29.90"), D("29.90"), D("12.50"), D(0))
    call_command("audit")


@audited
@pytest.mark.usefixtures("mugs")
@pytest.mark.parametrize("capture_at", EARLY)
def test_several_parcels_of_what_was_paid_before(capture_at: str) -> None:
    stocked(ProductFactory(sku="VASE", price="10.00"), 10, warehouse="HAM")
    ChannelFactory()
    Channel.objects.update(capture_at=capture_at)
    wanted = [WantedLine(sku="MUG", quantity=2), WantedLine(sku="VASE", quantity=2)]
    order = place_order(an_order(*wanted, payment=PayBy(gateway="sandbox", token="tok_ok")), by=SYSTEM)
    for asked in FulfillmentOrder.objects.filter(order=order).order_by("pk"):
        dispatched_at(asked)

    assert sorted(order.invoices.values_list("total", flat=True)) == [D("20.00"), D("29.90")]
    assert kinds(order) == [("authorization", "success", D("49.90")), ("charge", "success", D("49.90"))]
    assert money(order) == (D("49.90"), D("49.90"), D(0), D(0))
    call_command("audit")


@pytest.mark.usefixtures("mugs")
@pytest.mark.parametrize(
    ("capture_at", "taken"), [("placement", "29.90"), ("confirmation", "29.90"), ("dispatch", "0")]
)
def test_what_the_customer_approves_later_is_taken_then(capture_at: str, taken: str) -> None:
    order = bought(capture_at, "tok_requires_action")
    assert money(order)[1] == D(0)

    complete_action(order.payments.get().public_id, approved=True, by=SYSTEM)
    settle_payments(order.pk)

    assert (Order.objects.get().status, money(order)[1]) == ("confirmed", D(taken))


@pytest.mark.usefixtures("mugs")
@pytest.mark.parametrize(
    ("capture_at", "before", "after"), [("placement", "24.90", "24.90"), ("confirmation", "0", "24.90")]
)
def test_placed_and_not_confirmed(capture_at: str, before: str, after: str) -> None:
    """Reserved in part, so that staff decide: the two policies differ only here."""
    order = bought(capture_at, "tok_requires_action")
    payment = order.payments.get()
    type(payment).objects.filter(pk=payment.pk).update(amount="24.90")
    payment.transactions.update(amount="24.90")

    complete_action(payment.public_id, approved=True, by=SYSTEM)
    settle_payments(order.pk)
    assert (Order.objects.get().status, money(order)[1]) == ("placed", D(before))

    confirm_order(order.pk, by=SYSTEM)
    settle_payments(order.pk)
    assert (Order.objects.get().status, money(order)[1]) == ("confirmed", D(after))


@audited
@pytest.mark.usefixtures("mugs")
@pytest.mark.parametrize(("refund", "back"), [(True, "29.90"), (False, "0")])
def test_cancelled_while_the_gateway_still_refuses_to_charge(refund: bool, back: str) -> None:
    order = bought("placement", "tok_capture_fails")
    assert asks(order) == [("capture_failed", "open")]
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, refund=refund, by=SYSTEM)
    order.payments.update(token="tok_ok")
    due_now()
    settle_payments()
    settle_payments(order.pk)

    assert money(order)[1:3] == (D("29.90"), D(back))
    call_command("audit")


@pytest.mark.usefixtures("mugs")
def test_an_early_charge_that_was_refused_for_good_is_tried_again_by_hand() -> None:
    order = bought("placement", "tok_capture_fails")
    for _ in range(6):
        due_now()
        settle_payments()
    assert order.payments.get().transactions.get(kind="charge").status == "failure"
    order.payments.update(token="tok_ok")

    charge_again(order.pk, by=SYSTEM)
    settle_payments(order.pk)

    assert money(order) == (D("29.90"), D("29.90"), D(0), D(0))
    assert asks(order) == [("capture_failed", "resolved")]


@audited
def test_stripe_is_charged_at_placement(buy: Buy, stripe: FakeStripe) -> None:
    Channel.objects.update(capture_at="placement")
    order = buy(2)

    intent = stripe.only_intent()
    assert (intent["amount_received"], money(order)[1]) == (2990, D("29.90"))
    dispatched(Order.objects.get(pk=order.pk))
    assert stripe.asked("/capture") == 1
    call_command("audit")
