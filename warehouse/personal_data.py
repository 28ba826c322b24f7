"""What the warehouse knows of people: which goods were packed for an order, and nothing about who gets them."""

from orders.personal_data import Held
from warehouse.models import (
    Backorder,
    FulfillmentOrder,
    FulfillmentOrderLine,
    Package,
    PickTask,
    PutBackTask,
    ScanEvent,
    SourcingDecision,
    StockMovement,
    SubstitutionProposal,
    Tote,
)

_IDS = frozenset({"public_id"})

HELD = (
    Held(
        section="work_orders",
        model=FulfillmentOrder,
        path="order__customer",
        told=("order__number", "public_id", "status", "created_at"),
        kept=_IDS,
    ),
    Held(model=FulfillmentOrderLine, path="line__order__customer", kept=_IDS),
    Held(
        section="parcels",
        model=Package,
        path="fulfillment_order__order__customer",
        told=("fulfillment_order__order__number", "public_id", "status", "weight_g"),
        kept=_IDS,
    ),
    Held(model=PickTask, path="line__order__customer", kept=_IDS),
    Held(model=Tote, path="fulfillment_order__order__customer", kept=frozenset({"code"})),
    Held(model=PutBackTask, path="line__order__customer", kept=_IDS),
    Held(model=SourcingDecision, path="order__customer", kept=frozenset({"reason"})),
    Held(model=Backorder, path="line__order__customer", kept=_IDS),
    Held(
        section="substitutes",
        model=SubstitutionProposal,
        path="order__customer",
        told=(
            "order__number",
            "line__sku",
            "units",
            "product__sku",
            "quantity",
            "status",
            "answered_by",
            "answered_at",
        ),
        emptied={"note": ""},
        kept=frozenset({"public_id", "proposed_by"}),
    ),
    Held(
        model=StockMovement,
        path="line__order__customer",
        kept=frozenset({"public_id", "reason", "actor_kind", "actor_name"}),
    ),
    Held(model=ScanEvent, path="task__line__order__customer", kept=frozenset({"client_id", "code", "message"})),
)
