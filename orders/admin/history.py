"""What happened, what was promised, and what customers thought of it."""

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter, RangeDateFilter

from orders.admin.chips import column, link
from orders.admin.records import RecordAdmin
from orders.models import AccessCode, DeliveryPromise, Feedback, OrderEvent


@admin.register(OrderEvent)
class OrderEventAdmin(RecordAdmin):
    """The audit trail of the whole house."""

    list_display: ClassVar[Any] = ("type", link("order"), "seq", "public", "who", "occurred_at", "feed_position")
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "partner")
    list_filter: ClassVar[Any] = (("public", BooleanRadioFilter), ("occurred_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("type__exact", "public_id__exact")
    search_help_text = _("Order number, event type or event id")
    order_path = "order"
    fields: ClassVar[Any] = (
        ("type", "public", "public_id"),
        ("order", "seq", "partner"),
        ("actor_kind", "actor_name", "actor_id"),
        "facts",
        ("occurred_at", "feed_position"),
        ("change_set", "request_id"),
    )

    @column(_("who"))
    def who(self, event: OrderEvent) -> str:
        return event.actor_name or event.actor_kind

    @column(_("data"))
    def facts(self, event: OrderEvent) -> str:
        return format_html("<pre>{}</pre>", json.dumps(event.data, indent=2, ensure_ascii=False))


@admin.register(AccessCode)
class AccessCodeAdmin(RecordAdmin):
    """Codes that customers asked for; what they are stands nowhere."""

    list_display: ClassVar[Any] = ("public_id", link("order"), "attempts", "created_at", "expires_at", "used_at")
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = (("created_at", RangeDateFilter),)
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or the code's id")
    order_path = "order"


@admin.register(DeliveryPromise)
class DeliveryPromiseAdmin(RecordAdmin):
    """The ledger of dates given to customers."""

    list_display: ClassVar[Any] = (
        link("line__order"),
        link("line"),
        "kind",
        "promised_on",
        "source",
        "reason",
        "is_kept",
        "created_at",
    )
    list_display_links: ClassVar[Any] = ("kind",)
    list_select_related: ClassVar[Any] = ("line__order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("line",)
    list_filter: ClassVar[Any] = (("kind", ChoicesDropdownFilter), ("promised_on", RangeDateFilter), "is_kept")
    search_fields: ClassVar[Any] = ("line__public_id__exact",)
    search_help_text = _("Order number or line id")
    order_path = "line__order"


@admin.register(Feedback)
class FeedbackAdmin(RecordAdmin):
    """What customers told us."""

    list_display: ClassVar[Any] = ("stars", link("order"), "comment", "tags", "created_at")
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "line")
    list_filter: ClassVar[Any] = ("rating", ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("order__number__exact",)
    search_help_text = _("Order number")
    order_path = "order"

    @column(_("rating"))
    def stars(self, feedback: Feedback) -> str:
        return "★" * feedback.rating + "☆" * (5 - feedback.rating)
