"""The back office's sidebar: what there is, by who needs it, and what each user may see of it."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from orders.admin.chips import listing
from warehouse.web.access import FLOOR

Words = str | Promise


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar: a list, for who may see it."""

    title: Words
    icon: str
    label: str

    @property
    def right(self) -> str:
        app, model = self.label.split(".")
        return f"{app}.view_{model}"


SIDEBAR: tuple[tuple[Words, bool, tuple[Entry, ...]], ...] = (
    (
        _("Customers"),
        False,
        (
            Entry(_("Orders"), "receipt_long", "orders.order"),
            Entry(_("Drafts"), "edit_document", "orders.draft"),
            Entry(_("Contacts"), "phone_in_talk", "orders.contactlog"),
            Entry(_("Exceptions"), "error", "orders.processexception"),
            Entry(_("Returns"), "assignment_return", "returns.return"),
            Entry(_("Customers"), "group", "orders.customer"),
            Entry(_("Messages"), "mail", "orders.notification"),
            Entry(_("Feedback"), "star", "orders.feedback"),
        ),
    ),
    (
        _("Warehouse"),
        False,
        (
            Entry(_("Fulfillment orders"), "inventory_2", "warehouse.fulfillmentorder"),
            Entry(_("Waves"), "waves", "warehouse.wave"),
            Entry(_("Pick lists"), "checklist", "warehouse.picklist"),
            Entry(_("Packages"), "package_2", "warehouse.package"),
            Entry(_("Put back"), "undo", "warehouse.putbacktask"),
            Entry(_("Put away"), "shelves", "warehouse.putawaytask"),
            Entry(_("Shipments"), "local_shipping", "shipping.shipment"),
        ),
    ),
    (
        _("Stock"),
        False,
        (
            Entry(_("Products"), "sell", "orders.product"),
            Entry(_("Digital goods"), "download", "orders.digitalgood"),
            Entry(_("Stock levels"), "warehouse", "warehouse.stocklevel"),
            Entry(_("Movements"), "swap_vert", "warehouse.stockmovement"),
            Entry(_("Backorders"), "hourglass_top", "warehouse.backorder"),
            Entry(_("Substitutes"), "swap_horiz", "warehouse.substitutionproposal"),
            Entry(_("Purchase orders"), "shopping_cart", "warehouse.purchaseorder"),
            Entry(_("Receipts"), "inventory", "warehouse.receipt"),
        ),
    ),
    (
        _("Money"),
        False,
        (
            Entry(_("Payments"), "payments", "orders.payment"),
            Entry(_("Refunds"), "currency_exchange", "orders.refund"),
            Entry(_("Gateway news"), "webhook", "orders.gatewaynotice"),
            Entry(_("Invoices"), "description", "orders.invoice"),
            Entry(_("Credit notes"), "request_quote", "orders.creditnote"),
            Entry(_("Payment links"), "link", "orders.paymentlink"),
            Entry(_("Gift cards"), "redeem", "orders.giftcard"),
            Entry(_("Store credit"), "savings", "orders.storecredit"),
        ),
    ),
    (
        _("Settings"),
        True,
        (
            Entry(_("Channels"), "storefront", "orders.channel"),
            Entry(_("Shipping methods"), "conveyor_belt", "orders.shippingmethod"),
            Entry(_("Hold rules"), "front_hand", "orders.holdrule"),
            Entry(_("Partners"), "handshake", "orders.partner"),
            Entry(_("API keys"), "key", "orders.apikey"),
            Entry(_("Warehouses"), "home_work", "warehouse.warehouse"),
            Entry(_("Bins"), "shelves", "warehouse.bin"),
            Entry(_("Sourcing rules"), "alt_route", "warehouse.sourcingrule"),
            Entry(_("Wave schedules"), "schedule", "warehouse.waveschedule"),
            Entry(_("Totes"), "shopping_basket", "warehouse.tote"),
            Entry(_("Suppliers"), "factory", "warehouse.supplier"),
            Entry(_("Boxes"), "deployed_code", "warehouse.boxtype"),
            Entry(_("Packing materials"), "layers", "warehouse.packingmaterial"),
            Entry(_("Carriers"), "flight_takeoff", "shipping.carrier"),
            Entry(_("Return rules"), "gavel", "returns.returnrule"),
            Entry(_("People"), "badge", "auth.user"),
            Entry(_("Imports and exports"), "swap_horiz", "orders.job"),
        ),
    ),
)


for _title, _folds, _entries in SIDEBAR:
    for _entry in _entries:  # a page is called as the sidebar calls it
        apps.get_model(_entry.label)._meta.verbose_name_plural = _entry.title

# What unfold says in English only.
UNFOLD_SAYS = (
    gettext_noop("All applications"),
    gettext_noop("Apply Filters"),
    gettext_noop("Filters"),
    gettext_noop("From"),
    gettext_noop("Next"),
    gettext_noop("Previous"),
    gettext_noop("Search apps and models..."),
    gettext_noop("Select all rows"),
    gettext_noop("Select record"),
    gettext_noop("To"),
    gettext_noop(" By %(filter_title)s "),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar: what the user may see, nothing else. It counts nothing, since every page has it."""
    groups: list[dict[str, Any]] = [
        {"items": [{"title": _("Overview"), "icon": "space_dashboard", "link": reverse("admin:index")}]}
    ]
    if any(may(request, right) for right in FLOOR):
        groups[0]["items"].append(
            {"title": _("Scan on the floor"), "icon": "barcode_scanner", "link": reverse("wh:home")}
        )
    for title, collapsible, entries in SIDEBAR:
        items = [
            {"title": entry.title, "icon": entry.icon, "link": listing(entry.label)}
            for entry in entries
            if may(request, entry.right)
        ]
        if items:
            groups.append({"title": title, "collapsible": collapsible, "items": items})
    return groups


def may(request: HttpRequest, right: str) -> bool:
    """Whether the user has a right."""
    user: Any = request.user
    return bool(user.has_perm(right))
