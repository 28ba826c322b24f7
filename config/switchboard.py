"""The one screen where something below reaches something above; everything else simply calls downwards.

ROUTES: event -> handlers, called in this order, in the event's own transaction (stock last).
ANSWERS: question -> the one function that answers it.
PANELS: what upper floors show about an order: a selector, its templates, and a part for ``?expand=``.
All are dotted paths, imported when first used. No handler stands on a floor below its event.
"""

ROUTES: dict[str, tuple[str, ...]] = {
    # --- ground floor
    "orders.events.OrderPlaced": ("orders.handlers.tell_customer",),
    "orders.events.OrderImported": (),
    "orders.events.OrderConfirmed": (
        "orders.handlers.tell_customer",
        "warehouse.handlers.open_fulfillment_orders",
    ),
    "orders.events.OrderUpdated": (),
    "orders.events.OrderHeld": ("orders.handlers.tell_customer",),
    "orders.events.OrderReleased": (),
    "orders.events.OrderCancelled": ("orders.handlers.tell_customer",),
    "orders.events.OrderCompleted": (),
    "orders.events.OrderLinkRequested": ("orders.handlers.tell_customer",),
    "orders.events.OrderLinksRevoked": (),
    "orders.events.PaymentActionRequired": ("orders.handlers.tell_customer",),
    "orders.events.PaymentAuthorized": (),
    "orders.events.PaymentCaptured": (),
    "orders.events.PaymentVoided": (),
    "orders.events.PaymentFailed": (),
    "orders.events.RefundGranted": (),
    "orders.events.PaymentRefunded": ("orders.handlers.tell_customer",),
    "orders.events.InvoiceIssued": (),
    "orders.events.CreditNoteIssued": (),
    "orders.events.PromiseChanged": ("orders.handlers.tell_customer",),
    "orders.events.FeedbackReceived": (),
    "orders.events.ExceptionOpened": (),
    "orders.events.ExceptionResolved": (),
    "orders.events.NotificationDied": (),
    # --- warehouse floor
    "warehouse.events.StockAdjusted": (),
    "warehouse.events.StockReturned": (),
    "warehouse.events.UnitsReallocated": (),
    "warehouse.events.UnitsBackordered": (),
    "warehouse.events.BackordersFilled": (),
    "warehouse.events.UnitsReleased": (),
    "warehouse.events.FulfillmentOrderOpened": (),
    "warehouse.events.FulfillmentOrderClosed": (),
    "warehouse.events.PickListReleased": (),
    "warehouse.events.UnitsPicked": (),
    "warehouse.events.PickUndone": (),
    "warehouse.events.PickShort": (),
    "warehouse.events.UnitsPutBack": (),
    "warehouse.events.PackageOpened": (),
    "warehouse.events.UnitsPacked": (),
    "warehouse.events.PackageSealed": ("shipping.handlers.create_shipment",),
    "warehouse.events.PackageVoided": ("shipping.handlers.stop_shipment",),
    "warehouse.events.PackagesShipped": (),
    # --- shipping floor
    # --- returns floor
}

ANSWERS: dict[str, str] = {
    "orders.questions.PlanStock": "warehouse.answers.plan_stock",
    "orders.questions.TakeStock": "warehouse.answers.take_stock",
    "orders.questions.Availability": "warehouse.answers.availability",
    "orders.questions.ReleaseUnits": "shipping.answers.release_units",
}

# name -> {"selector": path, "customer": template, "admin": template, "part": path}
#   selector(order) -> context of the two templates; part(order_ids) -> {order_id: JSON of ?expand=<name>}
PANELS: dict[str, dict[str, str]] = {}
