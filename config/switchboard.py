"""The one screen where something below reaches something above; everything else simply calls downwards.

ROUTES: event -> handlers, called in this order, in the event's own transaction (stock last).
ANSWERS: question -> the one function that answers it.
PANELS: what upper floors show about an order: a selector, its templates, and a part for ``?expand=``.
PERSONAL_DATA: what each floor holds about people: told when they ask for it, emptied when they are forgotten.
All are dotted paths, imported when first used. No handler stands on a floor below its event.
"""

ROUTES: dict[str, tuple[str, ...]] = {
    # --- ground floor
    "orders.events.OrderPlaced": ("orders.handlers.tell_customer",),
    "orders.events.OrderImported": (),
    "orders.events.OrderConfirmed": (
        "orders.handlers.tell_customer",
        "warehouse.handlers.open_fulfillment_orders",
        "orders.handlers.deliver_digital",
    ),
    "orders.events.DigitalDelivered": ("orders.handlers.tell_customer",),
    "orders.events.PreorderDue": ("warehouse.handlers.open_more_work",),
    "orders.events.OrderUpdated": (),
    "orders.events.OrderHeld": ("orders.handlers.tell_held",),
    "orders.events.OrderReleased": ("orders.handlers.tell_released", "orders.handlers.deliver_digital"),
    "orders.events.OrderCancelled": (
        "orders.handlers.tell_customer",
        "orders.handlers.need_no_codes",
        "orders.handlers.drop_wish",
        "warehouse.handlers.end_shortages",
        "shipping.handlers.expect_no_shipments",
    ),
    "orders.events.OrderChanged": (
        "orders.handlers.tell_changed",
        "warehouse.handlers.open_more_work",
        "orders.handlers.deliver_digital",
    ),
    "orders.events.OrderExpired": (
        "orders.handlers.tell_customer",
        "orders.handlers.drop_wish",
        "warehouse.handlers.end_shortages",
    ),
    "orders.events.OrderExtended": (),
    "orders.events.OrderPaymentReminded": ("orders.handlers.tell_customer",),
    "orders.events.OrderCompleted": (),
    "orders.events.DraftCreated": (),
    "orders.events.DraftUpdated": (),
    "orders.events.DraftTakenOver": (),
    "orders.events.DraftReservationEnded": (),
    "orders.events.DraftDiscarded": (),
    "orders.events.DraftExpired": (),
    "orders.events.ContactLogged": (),
    "orders.events.ChangeRequested": (),
    "orders.events.ChangeDeclined": ("orders.handlers.tell_declined_change",),
    "orders.events.ChangeWithdrawn": (),
    "orders.events.OrderLinkRequested": ("orders.handlers.tell_customer",),
    "orders.events.OrderLinksRevoked": (),
    "orders.events.AccessCodeRequested": ("orders.handlers.tell_customer",),
    "orders.events.AccessCodeUsed": (),
    "orders.events.PaymentActionRequired": ("orders.handlers.tell_to_act",),
    "orders.events.PaymentAuthorized": (),
    "orders.events.PaymentCaptured": (),
    "orders.events.PaymentVoided": (),
    "orders.events.PaymentExpired": (),
    "orders.events.PaymentRenewed": (),
    "orders.events.PaymentChargedBack": (),
    "orders.events.PaymentReversed": (),
    "orders.events.PaymentFailed": (),
    "orders.events.RefundGranted": ("orders.handlers.pay_into_credit",),
    "orders.events.RefundRetried": (),
    "orders.events.ChargeRetried": (),
    "orders.events.PaymentGivenUp": (),
    "orders.events.PaymentRefunded": ("orders.handlers.tell_customer",),
    "orders.events.PaymentLinkSent": ("orders.handlers.tell_customer",),
    "orders.events.PaymentLinkPaid": (),
    "orders.events.PaymentLinkCancelled": (),
    "orders.events.PaymentLinkExpired": (),
    "orders.events.GiftCardIssued": (),
    "orders.events.GiftCardToppedUp": (),
    "orders.events.GiftCardSent": (),
    "orders.events.GiftCardDisabled": (),
    "orders.events.StoreCreditGranted": (),
    "orders.events.InvoiceIssued": ("orders.handlers.mail_paper",),
    "orders.events.CreditNoteIssued": ("orders.handlers.mail_paper",),
    "orders.events.PromiseChanged": ("orders.handlers.tell_customer",),
    "orders.events.FeedbackReceived": ("returns.handlers.triage_feedback",),
    "orders.events.ExceptionOpened": (),
    "orders.events.ExceptionSnoozed": (),
    "orders.events.ExceptionResolved": ("warehouse.handlers.trust_bin",),
    "orders.events.NotificationDied": (),
    "orders.events.CustomerChanged": (),
    "orders.events.PreferencesChanged": (),
    "orders.events.CustomerMerged": (),
    "orders.events.CustomerAbsorbed": (),
    "orders.events.CustomerExported": (),
    "orders.events.CustomerErased": (),
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
    "shipping.events.ShipmentCreated": (),
    "shipping.events.LabelWanted": (),
    "shipping.events.ShipmentReady": (),
    "shipping.events.ShipmentDispatched": ("shipping.handlers.tell_dispatched",),
    "shipping.events.ShipmentCancelled": (),
    "shipping.events.LabelVoided": (),
    "shipping.events.ShipmentTracked": (),
    "shipping.events.ShipmentInTransit": (),
    "shipping.events.ShipmentOutForDelivery": (),
    "shipping.events.ShipmentDelivered": ("shipping.handlers.tell_delivered",),
    "shipping.events.ShipmentReturnedToSender": (
        "shipping.handlers.tell_returned",
        "returns.handlers.expect_return",
    ),
    "shipping.events.ShipmentTroubled": (),
    # --- returns floor
    "returns.events.ReturnRequested": ("returns.handlers.tell_requested",),
    "returns.events.ReturnApproved": ("returns.handlers.tell_approved", "returns.handlers.stop_chasing"),
    "returns.events.ReturnDeclined": ("returns.handlers.tell_declined", "returns.handlers.stop_chasing"),
    "returns.events.ReturnCancelled": ("returns.handlers.stop_chasing",),
    "returns.events.ReturnExpired": (),
    "returns.events.ReturnSent": (),
    "returns.events.ReturnExpected": (),
    "returns.events.ReturnReceived": ("returns.handlers.tell_received", "returns.handlers.stop_chasing"),
    "returns.events.ReturnInspected": (),
    "returns.events.ReturnClosed": ("returns.handlers.tell_closed", "returns.handlers.stop_chasing"),
}

ANSWERS: dict[str, str] = {
    "orders.questions.PlanStock": "warehouse.answers.plan_stock",
    "orders.questions.PlanManyStocks": "warehouse.answers.plan_many_stocks",
    "orders.questions.TakeStock": "warehouse.answers.take_stock",
    "orders.questions.Unreserve": "warehouse.answers.unreserve",
    "orders.questions.PromiseDates": "warehouse.answers.promise_dates",
    "orders.questions.Availability": "warehouse.answers.availability",
    "orders.questions.ReleaseUnits": "shipping.answers.release_units",
}

# name -> {"selector": path, "customer" | "admin" | "floor": template, "part": path, "found": path, "actions": path}
#   selector(order) -> context of the templates; part(order_ids) -> {order_id: JSON of ?expand=<name>}
#   found(text) -> pks of orders that staff mean by it; actions: staff actions on the order's page
PANELS: dict[str, dict[str, str]] = {
    "work": {
        "selector": "warehouse.admin.panel.work_panel",
        "admin": "admin/warehouse/panel.html",
    },
    "shipments": {
        "selector": "shipping.selectors.shipments_panel",
        "customer": "shipping/panels/customer.html",
        "admin": "shipping/panels/admin.html",
        "floor": "shipping/panels/floor.html",
        "part": "shipping.api.render.shipments_part",
        "found": "shipping.selectors.orders_by_tracking_number",
    },
    "returns": {
        "selector": "returns.selectors.returns_panel",
        "customer": "returns/panels/customer.html",
        "admin": "returns/panels/admin.html",
        "part": "returns.api.render.returns_part",
        "actions": "returns.admin.ORDER_ACTIONS",
    },
}

# floor -> its tables with personal data (orders.personal_data.Held), from the ground up: rows are locked in that order
PERSONAL_DATA: dict[str, str] = {
    "orders": "orders.personal_data.HELD",
    "warehouse": "warehouse.personal_data.HELD",
    "shipping": "shipping.personal_data.HELD",
    "returns": "returns.personal_data.HELD",
}
