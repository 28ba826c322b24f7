"""Orders: the list that support lives in, and the page with everything about one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action import Action
from orders.admin.chips import amount, chip, column, link
from orders.admin.contact import LOG_CONTACT
from orders.admin.draft import APPROVE_CHANGE, DECLINE_CHANGE, REORDER
from orders.admin.editor import Editor
from orders.admin.filters import SeveralFilter
from orders.admin.order_actions import OPEN, ORDER_ACTIONS, RELEASE
from orders.admin.order_page import desk_page
from orders.admin.records import RecordAdmin, RecordInline
from orders.admin.search import found_orders
from orders.change_words import staff_sentences
from orders.models import Order, OrderCancellation, OrderCancellationLine, OrderChange, OrderHold, OrderLine
from orders.models.line import SOLD
from orders.rule_words import why
from orders.states import OrderStatus
from orders.web.panels import parts


class LateFilter(admin.SimpleListFilter):
    """Orders with a promised date that has passed before everything left."""

    title = _("promise")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Late"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return late(queryset) if self.value() == "1" else queryset


def late(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those with a line that should be with the customer by now and hasn't even left."""
    waiting = OrderLine.objects.filter(
        SOLD, promised_on__lt=timezone.localdate(), order__status__in=OPEN, shipped__lt=F("ordered") - F("cancelled")
    )
    return orders.filter(status__in=OPEN, pk__in=waiting.values("order"))


class ExpiryFilter(admin.SimpleListFilter):
    """Unpaid orders by when their time is over."""

    title = _("unpaid")
    parameter_name = "expires"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("day", _("Expires within a day")), ("overdue", _("Should have expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        now = timezone.now()
        match self.value():
            case "day":
                return queryset.filter(status=OrderStatus.PLACED, expires_at__range=(now, now + timedelta(days=1)))
            case "overdue":
                return queryset.filter(status=OrderStatus.PLACED, expires_at__lt=now)
        return queryset


@admin.register(Order)
class OrderAdmin(Editor, RecordAdmin):
    """Every order. States, money and lines change by the actions, each of which calls a service."""

    list_display: ClassVar[Any] = (
        "headline",
        "placed",
        "buyer",
        amount("total"),
        chip("status"),
        chip("payment_status", _("payment")),
        chip("fulfillment_status", _("fulfillment")),
        "returning",
        "tagged",
    )
    list_select_related: ClassVar[Any] = ("customer", "channel")
    detail_select_related: ClassVar[tuple[str, ...]] = ("customer", "channel", "partner", "shipping_method", "draft")
    ordering: ClassVar[Any] = ("-created_at", "-id")
    list_filter: ClassVar[Any] = (
        ("status", SeveralFilter),
        ("payment_status", SeveralFilter),
        ("fulfillment_status", SeveralFilter),
        ("return_status", SeveralFilter),
        LateFilter,
        ExpiryFilter,
        "channel",
        "partner",
        ("created_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("number",)  # shows the box; found_orders does the work
    search_help_text = _("Number, mail, phone, name, reference, tracking number")
    fields: ClassVar[Any] = ("number",)
    exports: ClassVar[Any] = {
        "headline": ("number", "external_ref", "channel"),
        "placed": ("placed_at",),
        "buyer": ("customer_name", "email", "phone"),
        "returning": ("return_status",),
        "tagged": ("tags",),
    }
    staff_actions = (*ORDER_ACTIONS, LOG_CONTACT, REORDER)
    change_form_template = "admin/orders/order/page.html"

    def declared(self) -> Sequence[Action]:
        """Its own, and those that upper floors offer on this page: the part ``actions`` of their PANELS."""
        return [*self.staff_actions, *(action for actions in parts("actions") for action in actions)]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        return (found_orders(queryset, search_term) if search_term.strip() else queryset), False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        order: Order = kwargs["obj"]
        context |= {"order": order, "page": desk_page(order, request)}
        return super().render_change_form(request, context, *args, **kwargs)

    @column(_("order"), header=True)
    def headline(self, order: Order) -> list[str]:
        other = order.external_ref or order.channel.name
        return [order.number, format_html('<span title="{}">{}</span>', other, other)]

    @column(_("placed"), header=True)
    def placed(self, order: Order) -> list[str]:
        at = timezone.localtime(order.placed_at or order.created_at)
        return [date_format(at, "DATE_FORMAT"), date_format(at, "TIME_FORMAT")]

    @column(_("customer"), header=True)
    def buyer(self, order: Order) -> list[str]:
        return [order.customer_name or str(order.customer), order.email]

    @column(_("return"), label=True)
    def returning(self, order: Order) -> str:
        return order.get_return_status_display() if order.return_status != "none" else ""

    @column(_("tags"), label=True)
    def tagged(self, order: Order) -> list[str]:
        return order.tags


@admin.register(OrderLine)
class OrderLineAdmin(RecordAdmin):
    """Lines of orders and their counters."""

    list_display: ClassVar[Any] = (
        "sku",
        link("order"),
        "name",
        chip("kind"),
        "ordered",
        "cancelled",
        "allocated",
        "backordered",
        "shipped",
        "returned",
        "promised_on",
    )
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "product", "parent", "replaces")
    list_filter: ClassVar[Any] = (("promised_on", RangeDateFilter), ("kind", ChoicesDropdownFilter))
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or line id")
    order_path = "order"


@admin.register(OrderHold)
class OrderHoldAdmin(RecordAdmin):
    """Reasons to wait."""

    list_display: ClassVar[Any] = (
        "reason",
        link("order"),
        "because",
        "placed_by",
        "release_at",
        "released_at",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order", "rule")
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "rule")
    list_filter: ClassVar[Any] = (("released_at", admin.EmptyFieldListFilter), "reason", "rule")
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or hold id")
    order_path = "order"
    staff_actions = (RELEASE,)

    @column(_("why"))
    def because(self, hold: OrderHold) -> str:
        return why(hold) or hold.note


@admin.register(OrderChange)
class OrderChangeAdmin(RecordAdmin):
    """Edits after placement, each with what it made different."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("order"),
        chip("status"),
        amount("total_before", currency="order__currency"),
        amount("total_after", currency="order__currency"),
        "made_by",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = (("status", SeveralFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or change id")
    order_path = "order"
    staff_actions = (APPROVE_CHANGE, DECLINE_CHANGE)
    fields: ClassVar[Any] = (
        ("order", "status"),
        ("total_before", "total_after", "difference"),
        "what_changed",
        ("note", "answer"),
        ("made_by", "decided_by"),
        ("created_at", "decided_at"),
        ("version_before", "version_after"),
    )

    @column(_("what is different"))
    def what_changed(self, change: OrderChange) -> SafeString:
        said = staff_sentences(change, currency=change.order.currency, language=get_language() or "en")
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((words,) for words in said)))


class CancellationLineInline(RecordInline):
    """The units."""

    model = OrderCancellationLine
    fields: ClassVar[Any] = ("line", "quantity", "amount")
    related: ClassVar[tuple[str, ...]] = ("line",)


@admin.register(OrderCancellation)
class OrderCancellationAdmin(RecordAdmin):
    """What was called off."""

    list_display: ClassVar[Any] = (
        "reason",
        link("order"),
        amount("amount", currency="order__currency"),
        "cancelled_by",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = ("reason", ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("order__external_ref__exact",)
    search_help_text = _("Order number or external reference")
    order_path = "order"
    inlines: ClassVar[Any] = (CancellationLineInline,)


@admin.register(OrderCancellationLine)
class OrderCancellationLineAdmin(RecordAdmin):
    """Units that were called off."""

    list_display: ClassVar[Any] = ("__str__", link("line__order"), link("line"), "quantity")
    list_select_related: ClassVar[Any] = ("line__order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("line", "cancellation")
    search_fields: ClassVar[Any] = ("line__public_id__exact",)
    search_help_text = _("Order number or line id")
    order_path = "line__order"
