"""Void a package: it is opened again, its contents count as picked and are packed anew or put back."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.services.count import Change, count
from warehouse.errors import NotVoidable
from warehouse.events import PackageVoided
from warehouse.locks import locked_package
from warehouse.models import FulfillmentOrderLine, Package
from warehouse.states import PackageStatus

_VOIDABLE = (PackageStatus.OPEN, PackageStatus.SEALED, PackageStatus.LABELLED)


def void_package(package_id: int, *, by: Actor) -> Package:
    """Take everything out of a package that hasn't left. Used materials stay used. Raises ``NotVoidable``."""
    with work(by=by):
        order, row, package = locked_package(package_id)
        if package.status not in _VOIDABLE:
            raise NotVoidable(_("This package has left or was voided before."))
        contents = list(package.lines.select_related("fulfillment_line"))
        for content in contents:
            content.fulfillment_line.packed -= content.quantity
        FulfillmentOrderLine.objects.bulk_update([c.fulfillment_line for c in contents], ["packed"])
        package.void()
        package.save(update_fields=["status"])
        count(order.pk, {c.fulfillment_line.line_id: Change(packed=-c.quantity) for c in contents})
        emit(
            PackageVoided(
                order_id=order.pk,
                fulfillment_order_id=row.pk,
                package_id=package.pk,
                package=package.public_id,
            )
        )
        return package
