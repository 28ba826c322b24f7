"""The demo's purchase orders, in several states, through the services; the basket that an order waits for is bought."""

from datetime import timedelta

from django.utils import timezone

from orders.kernel.actor import SYSTEM
from warehouse.models import PurchaseOrder, Supplier, SupplierProduct
from warehouse.services.acknowledge_purchase import acknowledge_purchase_order
from warehouse.services.draft_purchase import WantedGoods, draft_purchase_order
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.propose_purchases import propose_purchases
from warehouse.services.receive_goods import Arrived, receive_goods


def buy_goods() -> None:
    """One received with faults, one in part, one promised to who waits, one just placed, and what is only proposed."""
    if PurchaseOrder.objects.exists() or not SupplierProduct.objects.filter(supplier__code="nordic").exists():
        return
    full = _bought({"MUG-RED": 12, "MUG-BLUE": 12})
    receive_goods(
        full.pk,
        arrived=[Arrived(sku="MUG-RED", accepted=10, damaged=2), Arrived(sku="MUG-BLUE", accepted=12)],
        delivery_note="NC-4711",
        by=SYSTEM,
    )
    part = _bought({"TEAPOT": 20, "LAMP": 6})
    day = timezone.localdate() + timedelta(days=4)
    acknowledge_purchase_order(part.pk, dates={"TEAPOT": day, "LAMP": day}, supplier_ref="N-2231", by=SYSTEM)
    receive_goods(part.pk, arrived=[Arrived(sku="TEAPOT", accepted=8)], by=SYSTEM)
    waited_for = _bought({"BASKET": 10})
    acknowledge_purchase_order(
        waited_for.pk, dates={"BASKET": timezone.localdate() + timedelta(days=9)}, supplier_ref="N-2240", by=SYSTEM
    )
    _bought({"CLOCK": 5})
    draft_purchase_order(
        "nordic", warehouse="LEJ", lines=[WantedGoods(sku="LAMP", quantity=4)], note="Please send by pallet.", by=SYSTEM
    )
    propose_purchases(by=SYSTEM)


def _bought(units: dict[str, int]) -> PurchaseOrder:
    lines = [WantedGoods(sku=sku, quantity=n) for sku, n in units.items()]
    draft = draft_purchase_order(Supplier.objects.get(code="nordic").code, warehouse="BER", lines=lines, by=SYSTEM)
    return place_purchase_order(draft.pk, by=SYSTEM)
