"""What the returns floor tells customers; the words are in ``templates/returns/mail``."""

from orders.addresses import lines_of
from orders.kernel.documents import Address
from orders.services.notify import owe_message
from returns.events import ReturnEvent
from returns.models import Return
from returns.selectors import can_print_label


def tell(template: str, event: ReturnEvent) -> None:
    """One mail about a return: the event's own facts, what is in it, and where it goes."""
    returning = Return.objects.select_related("warehouse", "order").get(pk=event.return_id)
    warehouse = returning.warehouse
    to = Address.of({"name": warehouse.name, "country": warehouse.country} | warehouse.address) if warehouse else None
    lines = returning.lines.select_related("line")
    context = {
        **event.data(),
        "expires_on": returning.expires_on,
        "lines": [
            {
                "name": row.line.name,
                "quantity": row.quantity,
                "received": row.received,
                "accepted": row.accepted,
                "not_arrived": row.not_arrived,
                "rejected": row.rejected,
                "reception": row.reception,
                "condition": row.condition,
            }
            for row in lines
        ],
        "is_short": any(row.accepted < row.quantity for row in lines),
        "has_label": can_print_label(returning),
        "send_to": lines_of(to, language=returning.order.language) if to else [],
        "currency": returning.currency,
    }
    owe_message(order_id=event.order_id, template=template, context=context)
