"""Take returned goods back into the building; called by the returns floor after inspection."""

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import OrderLine
from warehouse.events import StockReturned
from warehouse.models import Warehouse
from warehouse.services.book import Entry, book_stock
from warehouse.services.open_station import open_station
from warehouse.states import BinKind, MovementKind

RESTOCK = "restock"
SET_ASIDE = frozenset(["quarantine", "refurbish", "return_to_vendor"])


def return_stock(line_id: int, *, quantity: int, warehouse_id: int, disposition: str, by: Actor) -> None:
    """Book returned units by their disposition: restocked ones are on sale again, others lie in quarantine.

    What was disposed of, or kept by the customer, never enters the books. The line's counters are the caller's.
    """
    with work(by=by):
        line = OrderLine.objects.get(pk=line_id)
        locked_order(line.order_id)
        emit(
            StockReturned(
                order_id=line.order_id,
                warehouse=Warehouse.objects.get(pk=warehouse_id).code,
                disposition=disposition,
                line=LineQuantity(line=line.public_id, sku=line.sku, quantity=quantity),
            )
        )
        if disposition != RESTOCK and disposition not in SET_ASIDE:
            return
        is_sellable = disposition == RESTOCK
        station = open_station(warehouse_id, BinKind.RETURNS if is_sellable else BinKind.QUARANTINE)
        book_stock(
            [
                Entry(
                    kind=MovementKind.RETURNED,
                    product_id=line.product_id,
                    warehouse_id=warehouse_id,
                    on_hand=quantity,
                    unavailable=0 if is_sellable else quantity,
                    bin_id=station.pk,
                    bin=quantity,
                    line_id=line.pk,
                    reason=disposition,
                )
            ]
        )
