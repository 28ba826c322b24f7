"""What each role may do: the one table of rights. Granted by this app's migrations, never by hand.

After a change here write a migration that runs ``grant_roles`` again and depends on the newest migration of
every floor; a right that an older migration can't know yet is left to a later one, and a test sees to it that
the last one leaves nothing out.
"""

from typing import Any

from django.contrib.auth.management import create_permissions

from orders.roles import Role

FLOORS = ("orders", "warehouse", "shipping", "returns")


def view(app: str, *models: str) -> set[str]:
    """The rights to look at some models."""
    return {f"{app}.view_{model}" for model in models}


def manage(app: str, *models: str) -> set[str]:
    """The rights to look at, add, change and delete rows that people edit."""
    return {f"{app}.{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete")}


ORDERS = view("orders", "order", "orderline", "customer", "orderhold", "ordercancellation", "ordercancellationline")
ORDERS |= view("orders", "accesscode", "orderevent", "notification", "deliverypromise", "feedback", "product")
ORDERS |= view("orders", "processexception", "orderchange", "customeraddress")
ORDERS |= view("orders", "draft", "priceoverride", "contactlog")
CATALOGUE = view(
    "orders",
    "product",
    "bundlecomponent",
    "productsubstitute",
    "digitalgood",
    "digitalcode",
    "channel",
    "shippingmethod",
)
MONEY = view("orders", "payment", "paymenttransaction", "refund", "invoice", "invoiceline", "invoiceseries")
MONEY |= view("orders", "creditnote", "creditnoteline", "paymentlink", "giftcard", "storecredit", "balancemovement")
MONEY |= view("orders", "invoicetax", "creditnotetax", "paperfile")
MONEY |= view("orders", "gatewaynotice")

STOCK = view("warehouse", "warehouse", "bin", "stocklevel", "binstock", "lot", "stockmovement", "allocation")
STOCK |= view("warehouse", "backorder", "supplier", "supplierproduct", "substitutionproposal")
STOCK |= view(
    "warehouse", "purchaseorder", "purchaseorderline", "backordersupply", "receipt", "receiptline", "putawaytask"
)
WORK = view("warehouse", "fulfillmentorder", "fulfillmentorderline", "picklist", "picktask", "putbacktask")
WORK |= view("warehouse", "package", "packageline", "packagematerial", "scanevent", "wave", "waveschedule", "tote")
WORK |= view("warehouse", "sourcingrule", "sourcingdecision")
PICKING = view("warehouse", "picklist", "picktask", "putbacktask", "putawaytask", "bin", "binstock")
BOXES = view("warehouse", "package", "packageline", "packagematerial", "fulfillmentorder", "fulfillmentorderline")
PACKING = view("warehouse", "boxtype", "packingmaterial", "materialstock")
PLACES = ("warehouse", "bin", "supplier", "supplierproduct", "boxtype", "packingmaterial", "materialstock")
WAVES = ("waveschedule", "tote")

PARCELS = view("shipping", "shipment", "shipmentline", "shipmentpackage", "trackingevent", "shippingdocument")
CARRIERS = view("shipping", "carrier", "carrierservice")
RETURNS = view("returns", "return", "returnline")

DESK = {"orders.confirm_order", "orders.hold_order", "orders.cancel_order", "orders.annotate_order"}
DESK |= {"orders.resend_notification", "orders.resolve_exception", "orders.change_placed_order"}
DESK |= {"orders.extend_order", "orders.send_payment_link"}
TILL = {"orders.record_payment", "orders.grant_refund", "orders.send_payment_link"}
TILL |= {"orders.issue_gift_card", "orders.grant_credit", "orders.export_invoice"}
TILL |= {"orders.process_notice"}
DESK |= {"orders.change_customer", "orders.merge_customer"}
PRIVACY = {"orders.export_customer", "orders.erase_customer"}
FILES = {"orders.export_records", "orders.export_personal_data", "orders.view_job"}
DESK |= {"orders.write_draft", "orders.log_contact", "warehouse.answer_substitution"}
DOCK = {"shipping.buy_label", "shipping.dispatch_shipment", "shipping.record_tracking", "shipping.cancel_shipment"}
FLOOR = {"warehouse.release_pick_list", "warehouse.pick", "warehouse.pack", "warehouse.finish_put_back"}
FLOOR |= {"warehouse.adjust_stock", "warehouse.answer_request", "warehouse.put_away"}
SOURCING = manage("warehouse", "sourcingrule")
BUYING = {"warehouse.buy", "warehouse.receive_goods"}
GOODS_IN = {"returns.receive_return", "returns.inspect_return"}

SETTINGS = manage(
    *("orders", "product", "bundlecomponent", "productsubstitute", "digitalgood"),
    *("channel", "shippingmethod", "partner", "customer"),
) - {
    "orders.add_customer",
    "orders.delete_customer",
}
# Rules that hold orders are for few eyes: who knows them knows how to pass. They are never deleted.
RULES = view("orders", "holdrule", "holdrulechange") | {"orders.add_holdrule", "orders.change_holdrule"}
SETTINGS |= RULES
SETTINGS |= SOURCING
SETTINGS |= manage("warehouse", *PLACES, *WAVES) | manage("shipping", "carrier", "carrierservice")
SETTINGS |= manage("returns", "returnrule") | manage("auth", "user") | view("auth", "group")
SETTINGS |= view("orders", "apikey", "idempotencykey") | {"orders.issue_key"}
SETTINGS |= view("warehouse", "badge") | {"warehouse.issue_badge"}

GRANTS: dict[Role, set[str]] = {
    Role.SUPPORT: ORDERS.union(MONEY, CATALOGUE, STOCK, WORK, PARCELS, RETURNS, DESK, {"returns.approve_return"}),
    Role.PICKER: PICKING | {"warehouse.pick", "warehouse.finish_put_back", "warehouse.put_away"},
    Role.PACKER: BOXES.union(PACKING, PARCELS, {"warehouse.pack", "shipping.dispatch_shipment", "shipping.buy_label"}),
    Role.WAREHOUSE_MANAGER: ORDERS.union(CATALOGUE, STOCK, WORK, PACKING, PARCELS, CARRIERS, RETURNS).union(
        FLOOR,
        BUYING,
        DOCK,
        GOODS_IN,
        manage("warehouse", *PLACES, *WAVES),
        SOURCING,
        {"orders.hold_order", "orders.resolve_exception", "orders.export_records", "orders.view_job"},
    ),
    Role.FINANCE: ORDERS.union(MONEY, CATALOGUE, PARCELS, RETURNS, TILL, FILES).union(
        {"orders.confirm_order", "orders.hold_order", "orders.annotate_order", "orders.resolve_exception"},
        {"orders.extend_order", "orders.log_contact"} | view("orders", "holdrule", "holdrulechange"),
    ),
    Role.ADMIN: ORDERS.union(MONEY, CATALOGUE, STOCK, WORK, PACKING, PARCELS, CARRIERS, RETURNS, SETTINGS).union(
        DESK, TILL, FLOOR, BUYING, DOCK, GOODS_IN, PRIVACY, FILES, {"returns.approve_return", "orders.import_data"}
    ),
}


def grant_roles(apps: Any, schema_editor: Any) -> None:
    """Make the groups, and give each exactly its rights. For migrations: forwards."""
    using = schema_editor.connection.alias
    _make_permissions(apps, using=using)
    permissions = apps.get_model("auth", "Permission").objects.using(using).select_related("content_type")
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in permissions}
    groups = apps.get_model("auth", "Group").objects.using(using)
    for role, rights in GRANTS.items():
        group, _ = groups.get_or_create(name=role.value)
        group.permissions.set([known[right] for right in sorted(rights) if right in known])


def remove_roles(apps: Any, schema_editor: Any) -> None:
    """Remove the groups. For migrations: backwards."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=Role.values).delete()


def _make_permissions(apps: Any, *, using: str) -> None:
    # Django makes permissions after the last migration has run; a data migration needs them now, and the
    # apps of a migration have no models module, without which Django would make none.
    for label in (*FLOORS, "auth"):
        app = apps.get_app_config(label)
        module = getattr(app, "models_module", None)
        app.models_module = module or True
        try:
            create_permissions(app, apps=apps, verbosity=0, using=using)
        finally:
            app.models_module = module
