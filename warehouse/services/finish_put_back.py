"""Put back: units that nobody wants any more go from the packing station to their shelf."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from warehouse.errors import NotPickable
from warehouse.events import UnitsPutBack
from warehouse.locks import locked_put_back
from warehouse.models import PutBackTask
from warehouse.services.book import Entry, book_stock
from warehouse.services.open_station import open_station
from warehouse.states import BinKind, MovementKind, PutBackStatus


def finish_put_back(task_id: int, *, by: Actor) -> PutBackTask:
    """Say that the units lie in their bin again. Raises ``NotPickable`` when that was said before."""
    with work(by=by):
        order, task = locked_put_back(task_id)
        if task.status != PutBackStatus.OPEN:
            raise NotPickable(_("This task is done."))
        task.finish()
        task.finished_at = timezone.now()
        task.save(update_fields=["status", "finished_at"])
        emit(
            UnitsPutBack(
                order_id=order.pk,
                bin=task.bin.code,
                line=LineQuantity(line=task.line.public_id, sku=task.line.sku, quantity=task.quantity),
            )
        )
        station = open_station(task.warehouse_id, BinKind.PACKING)
        book_stock(
            [
                Entry(
                    kind=MovementKind.PUT_BACK,
                    product_id=task.product_id,
                    warehouse_id=task.warehouse_id,
                    bin_id=bin_id,
                    bin=units,
                    line_id=task.line_id,
                )
                for bin_id, units in ((station.pk, -task.quantity), (task.bin_id, task.quantity))
            ]
        )
        return task
