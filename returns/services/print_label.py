"""Print the label of a return that our own vans collect.

Their labels follow from the return's public id alone (see ``shipping.carriers.house``), so one is printed
whenever somebody asks, and always says the same.
"""

from zoneinfo import ZoneInfo

from django.utils import timezone

from orders.kernel.documents import Address
from returns.errors import WrongReturnStatus
from returns.models import Return
from returns.selectors import can_print_label
from shipping.carriers import adapter
from shipping.carriers.protocol import LabelRequest, Parcel
from shipping.selectors import house_carrier

RETURN_SERVICE = "standard"


def print_return_label(returning: Return) -> bytes:
    """The PDF, for an approved return. Raises ``WrongReturnStatus``."""
    carrier, warehouse = house_carrier(), returning.warehouse
    if not can_print_label(returning) or carrier is None or warehouse is None:
        raise WrongReturnStatus("There is no label for this return now.")
    lines = returning.lines.select_related("line__product")
    weight_g = sum(line.quantity * line.line.product.weight_g for line in lines)
    labels = adapter(carrier.adapter).buy_label(
        LabelRequest(
            key=returning.public_id,
            account=carrier.account,
            carrier=carrier.name,
            service=RETURN_SERVICE,
            service_name="Return",
            sender=Address.of(returning.order.shipping_address),
            receiver=Address.of({"name": warehouse.name, "country": warehouse.country} | warehouse.address),
            parcels=(Parcel(reference=returning.public_id, weight_g=max(weight_g, 1)),),
            reference=returning.order.number,
            language=returning.order.language,
            ship_on=timezone.localdate(returning.approved_at, timezone=ZoneInfo(warehouse.timezone)),
            tracking_page=carrier.tracking_url,
        )
    )
    return labels.parcels[0].pdf
