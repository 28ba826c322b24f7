"""Print the packing slips of a shipment; called with its labels, outside of any transaction."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from orders.documents.seller import Seller
from orders.kernel.documents import Address
from orders.links import status_url
from shipping.documents.packing_slip import PackingSlip, PackingSlipLine, render_packing_slip
from shipping.models import Shipment
from shipping.selectors import contents_by_package, orders_of_shipment


def print_slips(shipment: Shipment) -> list[bytes]:
    """One slip for each parcel, in their order, in the customer's language."""
    order = orders_of_shipment(shipment.pk)[0]
    contents = contents_by_package([shipment.pk])
    parcels = list(shipment.parcels.all())
    return [
        render_packing_slip(
            PackingSlip(
                language=shipment.language,
                order_number=order.number,
                packed_on=timezone.now().astimezone(ZoneInfo(shipment.warehouse.timezone)).date(),
                seller=Seller.of(order.channel, colour=order.channel.brand_colour),
                receiver=Address.of(shipment.ship_to),
                lines=tuple(
                    PackingSlipLine(sku=line.line.sku, name=line.line.name, quantity=line.quantity)
                    for line in contents[parcel.package_id]
                ),
                status_url=status_url(order),
                parcel=parcel.sequence,
                parcels=len(parcels),
            )
        )
        for parcel in parcels
    ]
