"""Close fulfillment orders that have nothing left to send, and say when the rest of one is all packed."""

from collections.abc import Collection

from django.db.models import F, Sum
from django.utils import timezone

from orders.kernel.work import emit
from warehouse.events import FulfillmentOrderClosed, PackageSealed
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine, Package
from warehouse.services.save_rows import save_rows
from warehouse.states import ACTIVE, PackageStatus


def settle_work(rows: Collection[FulfillmentOrder]) -> None:
    """After units have left or were called off: close or cancel those that ask for nothing any more.

    Joins the open work; the caller holds the locks of their orders. Two statements, however many rows.
    """
    active = [row for row in rows if row.status in ACTIVE]
    lines = FulfillmentOrderLine.objects.filter(fulfillment_order__in=active).values("fulfillment_order")
    sums = lines.annotate(asked=Sum("quantity"), sent=Sum("shipped")).values_list("fulfillment_order", "asked", "sent")
    sent = {pk: shipped for pk, asked, shipped in sums if asked == shipped}
    done = [row for row in active if row.pk in sent]
    for row in done:
        if sent[row.pk]:
            row.close()
        else:
            row.cancel()
        row.closed_at = row.updated_at = timezone.now()
        row.version += 1
    save_rows(done, ["status", "closed_at", "version", "updated_at"])
    for row in done:
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


def tell_if_all_sealed(rows: Collection[FulfillmentOrder]) -> None:
    """Units called off may leave work whose packages are all sealed: tell whoever ships them."""
    active = {row.pk: row for row in rows if row.status in ACTIVE}
    sealed = Package.objects.filter(fulfillment_order__in=active, status=PackageStatus.SEALED)
    last = {package.fulfillment_order_id: package for package in sealed.order_by("sealed_at", "pk")}
    for pk, package in last.items():
        row = active[pk]
        if is_all_sealed(row):
            emit(
                PackageSealed(
                    order_id=row.order_id,
                    fulfillment_order_id=row.pk,
                    package_id=package.pk,
                    package=package.public_id,
                    is_last=True,
                )
            )
