"""What staff do on the upper floors: pick lists, stock, shipments, returns; done, and refused."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import Invoice, Order, Product, Refund
from orders.services.hold import hold_order
from orders.states import HoldReason
from returns.models import Return, ReturnRule
from shipping.models import Shipment, TrackingEvent
from shipping.services.buy_label import buy_label
from tests.admin.acting import act, act_on, action_url, done, refusal, refusals
from tests.factories.orders import ProductFactory
from tests.factories.shipping import (
    CarrierServiceFactory,
    confirmed_order,
    delivered,
    dispatched,
    packed,
    picked,
    ready,
    stocked,
)
from warehouse.models import FulfillmentOrder, Package, PickList, PutBackTask, StockLevel, Warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return stocked(ProductFactory(sku="MUG", name="Blue mug"), 10)


@pytest.fixture
def order(mug: Product) -> Order:
    return confirmed_order([(mug, 2)])


# --- warehouse


def test_release_several_to_one_pick_list(boss: Client, mug: Product) -> None:
    orders = [confirmed_order([(mug, 1)]) for _ in range(2)]
    work = list(FulfillmentOrder.objects.filter(order__in=orders))
    act_on(boss, work, "release")
    pick_list = PickList.objects.get()
    assert (pick_list.status, pick_list.tasks.count()) == ("released", 2)


def test_work_that_is_released_is_told_from_work_to_release(boss: Client, order: Order) -> None:
    work = FulfillmentOrder.objects.get()
    page = f"/admin/warehouse/fulfillmentorder/{work.pk}/change/"

    def buttons() -> list[str]:
        return [str(button["title"]) for button in boss.get(page).context["actions_detail"]]

    def to_release() -> list[FulfillmentOrder]:
        return list(boss.get("/admin/warehouse/fulfillmentorder/", {"to_release": "1"}).context["cl"].result_list)

    assert (buttons(), to_release()) == (["Release to a pick list", "Source elsewhere"], [work])
    act(boss, work, "release")
    assert (buttons(), to_release()) == (["Source elsewhere"], [])
    pick_list = PickList.objects.get()
    for url in (page, "/admin/warehouse/fulfillmentorder/"):
        assert (
            f'href="/admin/warehouse/picklist/{pick_list.pk}/change/">{pick_list}</a>' in boss.get(url).content.decode()
        )
    for url in (f"/admin/warehouse/picklist/{pick_list.pk}/change/", "/admin/warehouse/picklist/"):
        assert f'href="/admin/orders/order/{order.pk}/change/">{order.number}</a>' in boss.get(url).content.decode()


def test_a_held_order_isnt_released(boss: Client, order: Order) -> None:
    hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, by=SYSTEM)
    work = FulfillmentOrder.objects.get()
    assert "is on hold: Fraud review" in refusal(act(boss, work, "release"))
    assert not PickList.objects.exists()


def test_print_a_pick_list(boss: Client, order: Order) -> None:
    act(boss, FulfillmentOrder.objects.get(), "release")
    paper = boss.get(f"/admin/warehouse/picklist/{PickList.objects.get().pk}/pdf/")
    assert paper.content.startswith(b"%PDF")


def test_adjust_stock(boss: Client, mug: Product) -> None:
    level = StockLevel.objects.get()
    assert done(act(boss, level, "adjust", how="delta", number="5", reason="found"))
    assert done(act(boss, level, "adjust", how="counted", number="12", reason="count"))
    level.refresh_from_db()
    assert level.on_hand == 12


def test_less_than_nothing_is_refused(boss: Client, mug: Product) -> None:
    level = StockLevel.objects.get()
    assert refusal(act(boss, level, "adjust", how="delta", number="-11", reason="loss")) == "The books say 10."
    said = refusals(act(boss, level, "adjust", how="delta", number="0", reason="loss"))
    assert said == {"number": ["From -10000000 to 10000000, and not 0."]}
    said = refusals(act(boss, level, "adjust", how="delta", number="-1", reason="loss", bin="NOPE"))
    assert said == {"bin": ["This warehouse has no bin with this code."]}
    level.refresh_from_db()
    assert level.on_hand == 10


def test_adjust_goods_that_the_warehouse_never_had(boss: Client, mug: Product) -> None:
    other = ProductFactory(sku="NEW")
    berlin = Warehouse.objects.get()
    said = refusals(act(boss, berlin, "adjust", sku="NOPE", how="delta", number="1", reason="initial"))
    assert said == {"sku": ["No product has this SKU."]}
    assert done(act(boss, berlin, "adjust", sku="NEW", how="delta", number="3", reason="initial"))
    assert StockLevel.objects.get(product=other).on_hand == 3


def test_put_back(boss: Client, order: Order) -> None:
    picked(order)
    assert done(act(boss, order, "cancel", whole="on"))
    task = PutBackTask.objects.get()
    assert done(act(boss, task, "finish"))
    assert "This task is done." in refusal(act(boss, task, "finish"))


def test_open_a_package_again(boss: Client, order: Order) -> None:
    CarrierServiceFactory()
    packed(order)
    package = Package.objects.get()
    assert done(act(boss, package, "void"))
    package.refresh_from_db()
    assert package.status == "voided"
    assert refusal(act(boss, package, "void"))


# --- shipping


def test_dispatch_one(boss: Client, order: Order) -> None:
    shipment = ready(order)
    assert done(act(boss, shipment, "dispatch"))
    shipment.refresh_from_db()
    assert shipment.status == "shipped"
    assert Invoice.objects.count() == 1
    assert refusal(act(boss, shipment, "dispatch"))
    assert Invoice.objects.count() == 1


def test_dispatch_several_and_say_which_were_refused(boss: Client, mug: Product) -> None:
    first = ready(confirmed_order([(mug, 1)]))
    other = confirmed_order([(mug, 1)])
    packed(other)
    buy_label()
    second = Shipment.objects.get(lines__line__order=other)
    hold_order(other.pk, reason=HoldReason.ADDRESS, by=SYSTEM)
    page = act_on(boss, [first, second], "dispatch").content.decode()
    assert "1 done." in page
    assert f"{second}: " in page
    assert set(Shipment.objects.values_list("pk", "status")) == {(first.pk, "shipped"), (second.pk, "ready")}


def test_ask_for_the_label_again(boss: Client, order: Order) -> None:
    packed(order)  # no carrier fits
    shipment = Shipment.objects.get()
    assert shipment.status == "pending"
    assert refusal(act(boss, shipment, "want_label"))
    CarrierServiceFactory()
    assert done(act(boss, shipment, "want_label"))
    shipment.refresh_from_db()
    assert shipment.status == "label_wanted"


def test_add_a_tracking_event(boss: Client, order: Order) -> None:
    shipment = dispatched(order)
    assert refusals(act(boss, shipment, "track")) == {"status": ["This field is required."]}
    assert not TrackingEvent.objects.exists()
    assert done(act(boss, shipment, "track", status="delivered", place="Berlin"))
    order.refresh_from_db()
    assert order.fulfillment_status == "delivered"
    assert TrackingEvent.objects.get().place == "Berlin"


def test_cancel_a_shipment(boss: Client, order: Order) -> None:
    shipment = ready(order)
    assert done(act(boss, shipment, "cancel"))
    shipment.refresh_from_db()
    assert shipment.status == "cancelled"
    assert refusal(act(boss, shipment, "cancel"))


def test_documents_are_read(boss: Client, order: Order) -> None:
    for paper in ready(order).documents.all():
        answer = boss.get(f"/admin/shipping/shippingdocument/{paper.pk}/pdf/")
        assert (answer.status_code, answer["Content-Type"]) == (200, paper.content_type)


# --- returns


@pytest.fixture
def returning(order: Order, boss: Client) -> Return:
    """Both mugs, asked for by phone."""
    ReturnRule.objects.create(name="30 days", is_auto_approved=False)
    delivered(order)
    line = order.lines.get()
    answers = {f"{line.public_id}-units": 2, f"{line.public_id}-reason": "too_small"}
    assert done(act(boss, order, "request_return", **answers))
    return Return.objects.get()


def test_the_whole_way_back(boss: Client, returning: Return) -> None:
    line = returning.lines.get().public_id
    assert done(act(boss, returning, "approve"))
    assert done(act(boss, returning, "receive", **{f"{line}-units": 2}))
    assert done(act(boss, returning, "inspect", **{f"{line}-condition": "new"}))
    returning.refresh_from_db()
    order = Order.objects.get()
    assert (returning.status, order.return_status) == ("closed", "returned")
    assert (Refund.objects.get().status, order.refunded_total) == ("succeeded", order.total)
    assert StockLevel.objects.get().on_hand == 10


def test_the_inspection_shows_the_money_of_what_arrived(boss: Client, returning: Return) -> None:
    line = returning.lines.get().public_id
    act(boss, returning, "approve")
    act(boss, returning, "receive", **{f"{line}-units": 1, f"{line}-rest": "missing"})
    form = boss.get(action_url(returning, "inspect")).context["form"]
    assert [(str(name), value) for name, value in form.facts] == [("Refund if all that is here is accepted", "€12.50")]
    assert form.rows[0]["cells"] == ["MUG Blue mug", "Too small", 2, 1, "€12.50"]


def test_nobody_accepts_goods_without_a_look_at_them(boss: Client, returning: Return) -> None:
    line = returning.lines.get().public_id
    act(boss, returning, "approve")
    act(boss, returning, "receive", **{f"{line}-units": 2})
    assert refusals(act(boss, returning, "inspect")) == {f"{line}-condition": ["This field is required."]}
    assert not Refund.objects.exists()


def test_a_return_by_phone_shows_its_worth_and_asks_why_of_what_comes_back(boss: Client, mug: Product) -> None:
    ReturnRule.objects.create(name="30 days")
    order = confirmed_order([(mug, 2), (stocked(ProductFactory(sku="CUP", name="Cup"), 10), 1)])
    delivered(order)
    first, second = order.lines.order_by("position")
    form = boss.get(action_url(order, "request_return")).context["form"]
    assert [row["cells"] for row in form.rows] == [["MUG Blue mug", 2, "€25.00"], ["CUP Cup", 1, "€12.50"]]
    answers = {f"{first.public_id}-units": 1}
    said = refusals(act(boss, order, "request_return", **answers))
    assert said == {f"{first.public_id}-reason": ["Say why it comes back."]}
    assert done(act(boss, order, "request_return", **answers, **{f"{first.public_id}-reason": "too_small"}))
    line = Return.objects.get().lines.get()
    assert (line.line, line.quantity, line.reason) == (first, 1, "too_small")
    assert second.public_id not in said


def test_decline_with_a_reason(boss: Client, returning: Return) -> None:
    assert done(act(boss, returning, "decline", reason="Worn."))
    returning.refresh_from_db()
    assert (returning.status, returning.decline_reason) == ("declined", "Worn.")
    assert refusal(act(boss, returning, "approve"))


def test_cancel_a_return(boss: Client, returning: Return) -> None:
    assert done(act(boss, returning, "cancel"))
    returning.refresh_from_db()
    assert returning.status == "cancelled"


def test_what_wasnt_asked_for_isnt_received(boss: Client, returning: Return) -> None:
    line = returning.lines.get().public_id
    act(boss, returning, "approve")
    answer = act(boss, returning, "receive", **{f"{line}-units": 3})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    returning.refresh_from_db()
    assert returning.status == "approved"


def test_accepted_goods_must_go_somewhere(boss: Client, returning: Return) -> None:
    line = returning.lines.get().public_id
    act(boss, returning, "approve")
    act(boss, returning, "receive", **{f"{line}-units": 2})
    said = refusals(act(boss, returning, "inspect", **{f"{line}-condition": "new", f"{line}-disposition": "none"}))
    assert said == {f"{line}-accepted": ["Say where accepted units go, and only theirs."]}
    assert not Refund.objects.exists()


def test_a_request_outside_of_the_rules_is_refused(boss: Client, order: Order) -> None:
    ReturnRule.objects.create(name="never", window_days=0)
    delivered(order, at=timezone.now() - timedelta(days=3))
    line = order.lines.get()
    answers = {f"{line.public_id}-units": 1, f"{line.public_id}-reason": "other"}
    said = refusals(act(boss, order, "request_return", **answers))
    assert said == {f"{line.public_id}-units": [f"The time to send {line.name} back is over."]}
    assert not Return.objects.exists()
