"""A house in the middle of its day: orders in every state that they can be in, all reached through the services."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone

from orders.change_requests import SetQuantity
from orders.errors import PaymentDeclined
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.kernel.work import work
from orders.models import Draft, Order, Product
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.complete_action import complete_action
from orders.services.confirm import confirm_order
from orders.services.draft import create_draft, discard_draft, update_draft
from orders.services.feedback import give_feedback
from orders.services.hold import hold_order, release_hold
from orders.services.place import place_order
from orders.services.place_draft import place_draft
from orders.services.record_history import record_history
from orders.services.record_payment import record_payment
from orders.services.refund import grant_refund
from orders.services.relay import relay_events
from orders.services.send_payment_link import send_payment_link
from orders.services.settle import settle_payments
from orders.states import CancelReason, HoldReason
from returns.services.inspect_return import Finding, inspect_return
from returns.states import Condition, Disposition
from shipping.services.return_shipment import return_shipment
from tests.factories.orders import ProductFactory, a_bundle
from tests.factories.returns import ReturnRuleFactory, line_ids, received, requested
from tests.factories.shipping import (
    PACKER,
    CarrierServiceFactory,
    confirmed_order,
    delivered,
    dispatched,
    packed,
    picked,
    ready,
    stocked,
)
from tests.factories.value import a_card, credit_of
from tests.factories.warehouse import BinFactory, SupplierProductFactory, WarehouseFactory
from tests.orders.requests import an_order
from tests.orders.test_record_history import PRODUCTS, SHOP, past
from warehouse.models import FulfillmentOrder, PickTask, PurchaseOrder, PutAwayTask, Tote, Wave
from warehouse.services.acknowledge_purchase import acknowledge_purchase_order
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.cancel_purchase import cancel_purchase_order
from warehouse.services.draft_purchase import WantedGoods, draft_purchase_order
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.plan_wave import plan_wave
from warehouse.services.put_away import put_away
from warehouse.services.receive_goods import Arrived, receive_goods
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.release_wave import release_wave
from warehouse.services.scan_pick import scan_pick
from warehouse.services.short_pick import short_pick
from warehouse.services.watch_purchase import watch_purchase
from warehouse.states import AdjustmentReason, PickKind, ShortReason

# Orders by what became of them.
House = dict[str, Order]


def busy_house() -> House:
    """Make it, in some hundred calls of services."""
    house: House = {}
    ReturnRuleFactory()
    CarrierServiceFactory()
    mug, pot = stocked(ProductFactory(sku="MUG"), 100), stocked(ProductFactory(sku="POT", price="7.99"), 100)
    rare = stocked(ProductFactory(sku="RARE", out_of_stock_policy=["backorder"]), 2)
    basket = [(mug, 3), (pot, 2)]
    _unhappy_orders(house, mug)
    _changed_orders(house, mug)
    _orders_at_work(house, mug, pot, rare)
    house["returned"] = _returned(basket)
    house["completed"] = confirmed_order(basket)
    delivered(house["completed"])
    give_feedback(house["completed"].pk, rating=5, by=CUSTOMER)
    house["cancelled"] = confirmed_order(basket)
    cancel_order(house["cancelled"].pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
    settle_payments(house["cancelled"].pk)
    house["shipped"] = confirmed_order(basket)
    dispatched(house["shipped"])
    _lines_of_other_kinds(house, mug, pot)
    house["came_back"] = confirmed_order(basket)
    return_shipment(dispatched(house["came_back"]).pk, by=PACKER)
    house["picking"] = confirmed_order(basket)
    picked(house["picking"])
    record_history([past("1"), past("2", shipping=Decimal(3))], source=SHOP, products=PRODUCTS, by=SYSTEM)
    house["imported"] = Order.objects.get(external_ref="1")
    house["by_value"] = _paid_by_value(mug)
    house["linked"] = _placed(mug)
    send_payment_link(house["linked"].pk, by=PACKER)
    house["placed"] = _placed(mug)
    house["draft"] = _drafts()
    house["authorized"] = confirmed_order(basket)
    house["packed"] = confirmed_order(basket)
    packed(house["packed"], parcels=2)
    house["in_tote"] = _half_in_a_tote()
    relay_events()
    house["new"] = _placed(pot)
    return house


def _lines_of_other_kinds(house: House, mug: Product, pot: Product) -> None:
    """A bundle that left in part, one that came back in part, a preorder, something digital."""
    gift = a_bundle("GIFT", price="20.00", parts={mug: 2, pot: 1})
    novel = ProductFactory(sku="NOVEL", preorder_ships_on=timezone.localdate() + timedelta(days=30))
    song = ProductFactory(sku="SONG", is_digital=True)
    house["preorder"] = _placed(novel, 2)
    house["digital"] = confirmed_order([(song, 1)])
    settle_payments(house["digital"].pk)
    house["bundle"] = confirmed_order([(gift, 2)])
    picked(house["bundle"])
    house["bundle_back"] = confirmed_order([(gift, 1)])
    delivered(house["bundle_back"])
    received(requested(house["bundle_back"], {"MUG": 1}))


def _half_in_a_tote() -> Order:
    """A wave of its own zone on the floor, one unit of it in its tote."""
    shelf = BinFactory(warehouse=WarehouseFactory(), zone="T", aisle=1)
    cup = ProductFactory(sku="CUP")
    adjust_stock(cup.sku, warehouse="BER", delta=9, reason=AdjustmentReason.INITIAL, bin=shelf.code, by=SYSTEM)
    order = confirmed_order([(cup, 2)])
    Tote.objects.bulk_create(Tote(warehouse=shelf.warehouse, code=code) for code in ("T-1", "T-2"))
    wave = plan_wave(Wave(warehouse=shelf.warehouse, kind=PickKind.CLUSTER, zone="T"), seed=1, by=PACKER)
    release_wave(wave.pk, by=PACKER)
    picker = User.objects.create_user("clara")
    pick_list = wave.pick_lists.get()
    for n, code in enumerate(("T-1", shelf.code, cup.sku, "T-1")):
        scan_pick(pick_list.pk, code=code, client_id=f"clara {n}", user_id=picker.pk, by=PACKER)
    return order


def _placed(product: Product, units: int = 1, payment: PayBy | None = None) -> Order:
    return place_order(an_order(WantedLine(sku=product.sku, quantity=units), payment=payment), by=SYSTEM)


def _paid_by_value(mug: Product) -> Order:
    """By a gift card, credit and a card; refunded as credit and where it came from; another one declined."""
    credit_of("ada@example.com", "5.00")
    gift = a_card("20.00")
    by_gift = PayBy(gateway="gift_card", token=code_of(gift), amount=Decimal("8.00"))
    credit, card = PayBy(gateway="store_credit"), PayBy(gateway="sandbox", token="tok_ok")
    wanted = WantedLine(sku=mug.sku, quantity=2)
    order = place_order(an_order(wanted, payments=(by_gift, credit, card)), by=SYSTEM)
    delivered(order)
    settle_payments(order.pk)
    for to in ("store_credit", "original"):
        grant_refund(order.pk, amount=Decimal("20.00" if to == "original" else "4.00"), reason="late", to=to, by=PACKER)
        settle_payments(order.pk)
    no = PayBy(gateway="sandbox", token="tok_decline")
    with suppress(PaymentDeclined):
        place_order(an_order(wanted, payments=(by_gift, no)), by=SYSTEM)
    return order


def _unhappy_orders(house: House, product: Product) -> None:
    """Declined, waiting for the customer, held, paid by hand in parts, cancelled before anybody paid."""
    with suppress(PaymentDeclined):
        _placed(product, payment=PayBy(gateway="sandbox", token="tok_decline"))
    house["declined"] = Order.objects.filter(status="declined").earliest("id")
    house["asked"] = _placed(product, payment=PayBy(gateway="sandbox", token="tok_requires_action"))
    for approved in (True, False):
        asked = _placed(product, payment=PayBy(gateway="sandbox", token="tok_requires_action"))
        complete_action(asked.payments.get().public_id, approved=approved, by=CUSTOMER)
    house["held"] = confirmed_order([(product, 1)])
    hold_order(
        house["held"].pk, reason=HoldReason.FRAUD_REVIEW, release_at=timezone.now() + timedelta(days=1), by=SYSTEM
    )
    by_hand = _placed(product, 4)
    record_payment(by_hand.pk, amount=Decimal("20.00"), by=PACKER)
    record_payment(_placed(product).pk, amount=Decimal("17.40"), by=PACKER)
    announced = _placed(product, payment=PayBy(gateway="manual"))
    cancel_order(announced.pk, reason=CancelReason.STAFF, notify=False, by=PACKER)
    unpaid = _placed(product, 2)
    confirm_order(unpaid.pk, by=PACKER)
    cancel_order(unpaid.pk, reason=CancelReason.STAFF, lines={unpaid.lines.get().public_id: 1}, by=PACKER)


def _changed_orders(house: House, product: Product) -> None:
    """Dearer and waiting for the money, cheaper and quiet, held twice and let go once, held and let go at once."""
    card = PayBy(gateway="sandbox", token="tok_ok")
    dearer, quiet = _placed(product, 2, payment=card), _placed(product, 2, payment=card)
    for order, units, notify in ((dearer, 3, True), (quiet, 1, False)):
        line = order.lines.get().public_id
        change_order(order.pk, [SetQuantity(line=line, quantity=units)], notify=notify, by=PACKER)
        settle_payments(order.pk)
    hold = hold_order(dearer.pk, reason=HoldReason.CUSTOMER_REQUEST, by=PACKER)
    release_hold(hold.public_id, by=PACKER)
    house["dearer"], house["let_go"] = dearer, confirmed_order([(product, 1)])
    hold = hold_order(house["let_go"].pk, reason=HoldReason.OTHER, by=PACKER)
    release_hold(hold.public_id, by=PACKER)
    with work(by=PACKER):
        hold = hold_order(quiet.pk, reason=HoldReason.OTHER, by=PACKER)
        release_hold(hold.public_id, by=PACKER)


def _orders_at_work(house: House, mug: Product, pot: Product, rare: Product) -> None:
    """Backordered, short, called off in the middle, opened again, billed in parts, not captured."""
    house["backordered"] = confirmed_order([(rare, 3), (mug, 1)])
    _purchases(mug, rare)
    short = confirmed_order([(mug, 2), (pot, 1)])
    asked = FulfillmentOrder.objects.get(order=short)
    release_pick_list([asked.pk], by=PACKER)
    short_pick(
        PickTask.objects.filter(fulfillment_order=asked).order_by("pk")[0].pk, reason=ShortReason.DAMAGED, by=PACKER
    )
    for restock in (True, False):
        called_off = confirmed_order([(mug, 2), (pot, 2)])
        picked(called_off)
        line = called_off.lines.get(sku="MUG")
        cancel_order(
            called_off.pk, reason=CancelReason.CUSTOMER, lines={line.public_id: 1}, restock=restock, by=CUSTOMER
        )
    cancelled_packed = confirmed_order([(mug, 1), (pot, 1)])
    ready(cancelled_packed)
    cancel_order(cancelled_packed.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
    settle_payments(cancelled_packed.pk)
    in_parts = confirmed_order([(mug, 3), (pot, 1)])
    cancel_order(
        in_parts.pk, reason=CancelReason.CUSTOMER, lines={in_parts.lines.get(sku="MUG").public_id: 2}, by=CUSTOMER
    )
    delivered(in_parts)
    grant_refund(in_parts.pk, amount=Decimal("1.00"), reason="goodwill", by=PACKER)
    settle_payments(in_parts.pk)
    house["uncaptured"] = _placed(mug, payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    dispatched(house["uncaptured"])
    adjust_stock("MUG", warehouse="BER", delta=-1, reason=AdjustmentReason.LOSS, by=PACKER)


def _returned(basket: list[tuple[Product, int]]) -> Order:
    """One return settled, one on its way, one called for."""
    order = confirmed_order(basket)
    delivered(order)
    first = received(requested(order, {"MUG": 1, "POT": 1}))
    lines = line_ids(first)
    findings = [
        Finding(line=lines["MUG"], accepted=1, condition=Condition.NEW, disposition=Disposition.RESTOCK),
        Finding(line=lines["POT"], accepted=0, condition=Condition.USED),
    ]
    inspect_return(first.pk, findings=findings, by=PACKER)
    settle_payments(order.pk)
    received(requested(order, {"MUG": 1}))
    requested(order, {"MUG": 1})
    return order


def _drafts() -> Order:
    """One that keeps goods and waits for a call; others placed, refused by a gateway, and given up."""
    later = timezone.now() + timedelta(hours=1)

    def drafted() -> Draft:
        wanted = an_order(WantedLine(sku="MUG", quantity=2), WantedLine(sku="POT", quantity=1))
        return create_draft(wanted, reserve_until=later, call_back_at=later, by=SYSTEM)

    update_draft(drafted().pk, {"lines": (WantedLine(sku="POT", quantity=3),)}, by=SYSTEM)
    place_draft(drafted().pk, payment=PayBy(gateway="sandbox", token="tok_ok"), by=SYSTEM)
    with suppress(PaymentDeclined):
        place_draft(drafted().pk, payment=PayBy(gateway="sandbox", token="tok_decline"), by=SYSTEM)
    discard_draft(drafted().pk, by=SYSTEM)
    return drafted().order


def _purchases(mug: Product, rare: Product) -> None:
    """One on its way to who waits, one received in part, one with faults, one late, one called off, one thought of."""
    for product in (mug, rare):
        SupplierProductFactory(product=product)

    def bought(product: Product, units: int) -> PurchaseOrder:
        lines = [WantedGoods(sku=product.sku, quantity=units)]
        draft = draft_purchase_order("acme", warehouse="BER", lines=lines, by=PACKER)
        return place_purchase_order(draft.pk, by=PACKER)

    part = bought(mug, 9)
    receive_goods(part.pk, arrived=[Arrived(sku="MUG", accepted=4)], by=PACKER)
    put_away(PutAwayTask.objects.earliest("pk").pk, units=3, by=PACKER)
    faulty = bought(mug, 5)
    receive_goods(faulty.pk, arrived=[Arrived(sku="MUG", accepted=2, damaged=1, is_all=True)], by=PACKER)
    cancel_purchase_order(bought(mug, 2).pk, by=PACKER)
    late = bought(mug, 3)
    late.lines.update(expected_on=timezone.localdate() - timedelta(days=3))
    watch_purchase(late.pk, by=SYSTEM)
    acknowledge_purchase_order(bought(rare, 6).pk, by=PACKER)
    lines = [WantedGoods(sku="MUG", quantity=1)]
    draft_purchase_order("acme", warehouse="BER", lines=lines, by=PACKER)
