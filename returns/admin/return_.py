"""Returns, their lines, and the rules."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.chips import amount, chip, link
from orders.admin.records import RecordAdmin, RecordInline, SettingAdmin
from returns.admin.return_actions import RETURN_ACTIONS
from returns.models import Return, ReturnLine, ReturnRule


class ReturnLineInline(RecordInline):
    """Units that come back."""

    model = ReturnLine
    fields: ClassVar[Any] = (
        "line",
        "quantity",
        "reason",
        "received",
        "accepted",
        "reception",
        "acceptance",
        "condition",
        "disposition",
        "refund",
    )
    related: ClassVar[tuple[str, ...]] = ("line", "refund")


@admin.register(Return)
class ReturnAdmin(RecordAdmin):
    """Goods on their way back."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("order"),
        chip("status"),
        amount("refund_estimate", _("estimate")),
        "warehouse",
        "requested_by",
        "created_at",
        "received_at",
    )
    list_select_related: ClassVar[Any] = ("order", "warehouse")
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "warehouse")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), "warehouse", ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact", "tracking_number__exact")
    search_help_text = _("Order number, return id or tracking number")
    order_path = "order"
    inlines: ClassVar[Any] = (ReturnLineInline,)
    staff_actions = RETURN_ACTIONS


@admin.register(ReturnLine)
class ReturnLineAdmin(RecordAdmin):
    """Units that come back, by line."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("return_request"),
        link("line"),
        "quantity",
        "reason",
        chip("reception"),
        chip("acceptance"),
        "condition",
        "disposition",
    )
    list_select_related: ClassVar[Any] = ("return_request", "line")
    detail_select_related: ClassVar[tuple[str, ...]] = ("return_request", "line", "refund")
    list_filter: ClassVar[Any] = (
        ("reason", ChoicesDropdownFilter),
        ("reception", ChoicesDropdownFilter),
        ("acceptance", ChoicesDropdownFilter),
    )
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or line id")
    order_path = "line__order"


@admin.register(ReturnRule)
class ReturnRuleAdmin(SettingAdmin):
    """When a return is allowed."""

    list_display: ClassVar[Any] = ("name", "channel", "window_days", "is_auto_approved", "priority", "is_active")
    list_select_related: ClassVar[Any] = ("channel",)
    list_filter: ClassVar[Any] = ("is_active", "channel")
    search_fields: ClassVar[Any] = ("name__icontains",)
    fields: ClassVar[Any] = (
        "name",
        "channel",
        ("window_days", "send_back_days", "is_auto_approved"),
        ("priority", "is_active"),
    )
