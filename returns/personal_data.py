"""What the returns floor knows of people: what they sent back, and what they wrote about it."""

from orders.personal_data import Held
from returns.models import Return, ReturnLine

HELD = (
    Held(
        section="returns",
        model=Return,
        path="order__customer",
        told=(
            *("public_id", "order__number", "status", "currency", "refund_estimate", "decline_reason"),
            *("tracking_number", "created_at", "received_at", "closed_at"),
        ),
        emptied={"decline_reason": ""},
        kept=frozenset({"public_id", "currency", "requested_by", "tracking_number"}),
    ),
    Held(
        section="return_lines",
        model=ReturnLine,
        path="line__order__customer",
        told=("return_request__public_id", "line__sku", "quantity", "reason", "note", "condition", "disposition"),
        emptied={"note": ""},
        kept=frozenset({"public_id"}),
    ),
)
