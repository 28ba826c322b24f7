"""Label: sealed packages carry their shipping label now."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_orders
from warehouse.errors import NotShippable
from warehouse.locks import locked_packages
from warehouse.models import Package
from warehouse.states import PackageStatus


def label_packages(package_ids: Collection[int], *, by: Actor) -> list[Package]:
    """Say that the packages carry their labels; those that already do stay as they are. Raises ``NotShippable``."""
    with work(by=by):
        owners = Package.objects.filter(pk__in=package_ids).values_list("fulfillment_order__order_id", flat=True)
        locked_orders(owners)
        packages = locked_packages(package_ids)
        for package in packages:
            if package.status == PackageStatus.LABELLED:
                continue
            if package.status != PackageStatus.SEALED:
                raise NotShippable(_("Only a sealed package gets a label."))
            package.label()
            package.save(update_fields=["status"])
        return packages
