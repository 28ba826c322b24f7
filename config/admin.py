"""The back office as a whole: its first page, its one search box, and who may sign in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # registers its own pages first, to be replaced here
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

import config.jobs.admin  # noqa: F401 - registers its page
from config.sidebar import Words, may
from orders.admin.chips import BAD, BUSY, WAIT, listing, url_of
from orders.admin.order import late
from orders.admin.queue_ways import to_do, unowned
from orders.admin.records import Desk
from warehouse.admin.badge import ISSUE_BADGE
from warehouse.selectors.work import to_release
from warehouse.web.access import FLOOR

# --- overview

MOST = 1000  # counting stops here: "999+" is as good a reason to look, and costs the same on any table


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A number that matters, and the list that it counts."""

    title: Words
    label: str
    filters: dict[str, Any] = field(default_factory=dict)
    link: dict[str, Any] = field(default_factory=dict)
    narrow: Callable[[QuerySet[Any]], QuerySet[Any]] = field(default=lambda rows: rows)
    icon: str
    tone: str = BUSY

    @property
    def right(self) -> str:
        app, model = self.label.split(".")
        return f"{app}.view_{model}"

    def count(self) -> int:
        rows = apps.get_model(self.label)._default_manager.filter(**self.filters)
        return self.narrow(rows).order_by()[:MOST].count()

    def url(self) -> str:
        exact = {f"{name}__exact": value for name, value in self.filters.items()}
        return listing(self.label, **exact, **self.link)


TILES = (
    Tile(title=_("To confirm"), label="orders.order", filters={"status": "placed"}, icon="pending_actions", tone=WAIT),
    Tile(title=_("Drafts"), label="orders.draft", filters={"order__status": "draft"}, icon="edit_document"),
    Tile(
        title=_("On hold"),
        label="orders.order",
        filters={"fulfillment_status": "on_hold"},
        icon="pause_circle",
        tone=WAIT,
    ),
    Tile(title=_("Late"), label="orders.order", link={"late": "1"}, narrow=late, icon="schedule", tone=BAD),
    Tile(
        title=_("Exceptions"),
        label="orders.processexception",
        narrow=to_do,
        icon="error",
        tone=BAD,
    ),
    Tile(
        title=_("Exceptions nobody has taken"),
        label="orders.processexception",
        link={"queue": "unowned"},
        narrow=unowned,
        icon="notification_important",
        tone=BAD,
    ),
    Tile(
        title=_("To release"),
        label="warehouse.fulfillmentorder",
        link={"to_release": "1"},
        narrow=to_release,
        icon="playlist_add",
    ),
    Tile(title=_("To pick"), label="warehouse.picklist", filters={"status": "released"}, icon="checklist"),
    Tile(
        title=_("In picking and packing"),
        label="warehouse.fulfillmentorder",
        filters={"status": "in_progress"},
        icon="inventory_2",
    ),
    Tile(title=_("Waiting for a label"), label="shipping.shipment", filters={"status": "label_wanted"}, icon="label"),
    Tile(title=_("To dispatch"), label="shipping.shipment", filters={"status": "ready"}, icon="local_shipping"),
    Tile(title=_("To put back"), label="warehouse.putbacktask", filters={"status": "open"}, icon="undo"),
    Tile(title=_("Backorders"), label="warehouse.backorder", filters={"status": "waiting"}, icon="hourglass_top"),
    Tile(
        title=_("Returns to approve"),
        label="returns.return",
        filters={"status": "requested"},
        icon="rule",
        tone=WAIT,
    ),
    Tile(
        title=_("Returns to inspect"),
        label="returns.return",
        filters={"status": "received"},
        icon="assignment_return",
    ),
    Tile(
        title=_("Refunds that failed"),
        label="orders.refund",
        filters={"status": "failed"},
        icon="currency_exchange",
        tone=BAD,
    ),
    Tile(
        title=_("Messages not sent"),
        label="orders.notification",
        filters={"status": "dead"},
        icon="unsubscribe",
        tone=BAD,
    ),
)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page: what waits for somebody, each number leading to its list."""
    tiles = []
    for tile in TILES:
        if may(request, tile.right):
            n = tile.count()
            shown = f"{MOST - 1}+" if n == MOST else str(n)
            tiles.append({"tile": tile, "n": n, "shown": shown, "url": tile.url(), "tone": tile.tone if n else "calm"})
    floor = reverse("wh:home") if any(may(request, right) for right in FLOOR) else ""
    return {**context, "tiles": tiles, "floor": floor, "title": _("Overview")}


# --- the one search box

FINDS = ("orders.order", "orders.customer", "orders.product", "shipping.shipment", "returns.return", "orders.invoice")
HITS = 6


def palette(request: HttpRequest, text: str) -> list[SearchResult]:
    """Ctrl+K: orders, customers, goods and parcels, each found as its own list finds them, a few of each."""
    results = []
    for label in FINDS:
        model: Any = apps.get_model(label)
        page = admin.site._registry[model]
        if not page.has_view_permission(request):
            continue
        rows, _is_doubled = page.get_search_results(request, page.get_queryset(request), text)
        results += [
            SearchResult(title=str(row), description=str(model._meta.verbose_name), link=url_of(row), icon=None)
            for row in rows[:HITS]
        ]
    return results


# --- people

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin, Desk):  # type: ignore[type-arg]
    """Who may sign in, and in which role. Only a superuser can make, or touch, a superuser."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "email", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    filter_horizontal = ()
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("username", "password"), ("first_name", "last_name"), "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )
    readonly_fields: ClassVar[Any] = ("last_login", "date_joined")
    staff_actions = (ISSUE_BADGE,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else (*own, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_equal(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_equal(request, obj) and super().has_delete_permission(request, obj)

    @staticmethod
    def _is_equal(request: HttpRequest, obj: Any) -> bool:
        return obj is None or request.user.is_superuser or not obj.is_superuser


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin, Desk):
    """The roles. Their rights come with migrations (``config.roles``), so nobody edits them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
