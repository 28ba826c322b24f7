"""Close a fulfillment order that has nothing left to send, and say when the rest of it is all packed."""

from django.db.models import F
from django.utils import timezone

from orders.kernel.work import emit
from warehouse.events import FulfillmentOrderClosed, PackageSealed
from warehouse.models import FulfillmentOrder
from warehouse.states import ACTIVE, PackageStatus


def settle_work(row: FulfillmentOrder) -> None:
    """After units have left or were called off: close or cancel it, or tell that its last package is sealed.

    Joins the open work; the caller holds the lock of the order.
    """
    if row.status not in ACTIVE:
        return
    lines = list(row.lines.all())
    if all(line.shipped == line.quantity for line in lines):
        if any(line.shipped for line in lines):
            row.close()
        else:
            row.cancel()
        row.closed_at = timezone.now()
        row.version += 1
        row.save(update_fields=["status", "closed_at", "version", "updated_at"])
        emit(
            FulfillmentOrderClosed(
                order_id=row.order_id,
                fulfillment_order_id=row.pk,
                fulfillment_order=row.public_id,
                status=row.status,
            )
        )


def is_all_sealed(row: FulfillmentOrder) -> bool:
    """Whether every unit it asks for is in a sealed package, and none in an open one."""
    if row.lines.exclude(packed=F("quantity")).exists() or not row.lines.filter(quantity__gt=0).exists():
        return False
    return not row.packages.filter(status=PackageStatus.OPEN, lines__isnull=False).exists()


def tell_if_all_sealed(row: FulfillmentOrder) -> None:
    """Units called off may leave a fulfillment order whose packages are all sealed: tell whoever ships them."""
    last = row.packages.filter(status=PackageStatus.SEALED).order_by("-sealed_at", "-pk").first()
    if row.status in ACTIVE and last is not None and is_all_sealed(row):
        emit(
            PackageSealed(
                order_id=row.order_id,
                fulfillment_order_id=row.pk,
                package_id=last.pk,
                package=last.public_id,
                is_last=True,
            )
        )
