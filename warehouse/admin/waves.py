"""Waves as planned and released, the schedules that release them by themselves, and the totes on the carts."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action_pages import way
from orders.admin.chips import anchor, anchors, chip, column, link
from orders.admin.column_words import column_words
from orders.admin.records import RecordAdmin, SettingAdmin
from orders.models import Order
from warehouse.admin.wave_actions import CANCEL_WAVE, RELEASE_WAVE, RIGHT
from warehouse.models import Bin, PickList, Tote, Warehouse, Wave, WaveSchedule

_LISTS = PickList.objects.filter(wave=OuterRef("pk")).order_by("id").values("public_id")
_MOST_ORDERS = 50  # shown on a page


@admin.register(Wave)
class WaveAdmin(RecordAdmin):
    """Orders that are fetched together: the plan's figures before its release, its lists after it."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("warehouse"),
        "kind",
        chip("status"),
        "orders",
        "units",
        "aisle_numbers",
        "lists",
        "metres",
        "left_out",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("warehouse",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("warehouse", "schedule")
    list_filter: ClassVar[Any] = (
        ("status", ChoicesDropdownFilter),
        "warehouse",
        ("kind", ChoicesDropdownFilter),
        ("created_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("public_id__exact", "pick_lists__public_id__exact")
    search_help_text = _("Order number, wave id or pick list id")
    order_path = "fulfillment_orders__order"
    staff_actions = (RELEASE_WAVE, CANCEL_WAVE)
    fields: ClassVar[Any] = (
        ("public_id", "status"),
        ("warehouse", "kind"),
        ("orders", "lines", "units"),
        ("lists", "metres"),
        ("aisle_numbers", "aisles_by_age"),
        ("left_out", "first_left"),
        ("must_go", "must_go_left"),
        "pick_lists",
        "of_orders",
        ("max_orders", "orders_per_list"),
        ("max_units", "min_units"),
        ("zone", "complete_only"),
        ("min_age_minutes", "lead_minutes"),
        ("max_age_hours", "schedule"),
        ("seed", "iterations"),
        ("created_at", "released_at", "finished_at"),
    )
    exports: ClassVar[Any] = {"aisle_numbers": ("aisles",), "pick_lists": (("pick_lists", ArraySubquery(_LISTS)),)}

    @column(_("aisles"))
    def aisle_numbers(self, wave: Wave) -> str:
        return f"{wave.aisle_count}: {', '.join(wave.aisles)}" if wave.aisles else "0"

    @column(_("oldest left out"))
    def first_left(self, wave: Wave) -> SafeString | str:
        order = Order.objects.filter(number=wave.oldest_left).first() if wave.oldest_left else None
        if order is None:
            return "–"
        waits = timesince(wave.oldest_left_since, wave.created_at, depth=1) if wave.oldest_left_since else ""
        return format_html("{} · {}", anchor(order), waits)

    @column(_("pick lists"))
    def pick_lists(self, wave: Wave) -> SafeString:
        return anchors(wave.pick_lists.order_by("pk"))

    @column(_("its orders"))
    def of_orders(self, wave: Wave) -> SafeString:
        orders = Order.objects.filter(fulfillment_orders__waves=wave).distinct().order_by("pk")
        return anchors(orders[:_MOST_ORDERS])

    def list_ways(self, request: HttpRequest) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().list_ways(request)
        user: Any = request.user
        if not user.has_perm(RIGHT):
            return ways
        places = Warehouse.objects.filter(is_active=True)[:5]
        return [
            *(
                way(
                    _("Plan a wave in %(code)s") % {"code": place.code},
                    reverse("admin:warehouse_warehouse_do_plan_wave", args=[place.pk]),
                    icon="waves",
                )
                for place in places
            ),
            *ways,
        ]


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A schedule of a zone that is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "methods" in self.fields:
            self.fields["methods"].label = column_words("methods")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        zone, warehouse = data.get("zone"), data.get("warehouse")
        if zone and warehouse and not Bin.objects.filter(warehouse=warehouse, zone=zone).exists():
            self.add_error("zone", _("This warehouse has no zone of this name."))
        return data


@admin.register(WaveSchedule)
class WaveScheduleAdmin(SettingAdmin):
    """Waves that are planned and released by themselves."""

    form = ScheduleForm
    list_display: ClassVar[Any] = (
        "name",
        link("warehouse"),
        "kind",
        "days",
        "starts_at",
        "every_minutes",
        "priority",
        "is_active",
        "last_run_at",
        "last_outcome",
    )
    list_select_related: ClassVar[Any] = ("warehouse",)
    list_filter: ClassVar[Any] = ("is_active", "warehouse", ("kind", ChoicesDropdownFilter))
    search_fields: ClassVar[Any] = ("name__icontains",)
    readonly_fields: ClassVar[Any] = ("last_run_at", "last_outcome")
    fields: ClassVar[Any] = (
        ("name", "warehouse", "is_active"),
        ("days", "starts_at"),
        ("every_minutes", "ends_at", "priority"),
        ("kind", "orders_per_list"),
        ("max_orders", "max_units", "min_units"),
        "methods",
        ("zone", "complete_only"),
        ("min_age_minutes", "lead_minutes", "max_age_hours"),
        ("last_run_at", "last_outcome"),
    )


@admin.register(Tote)
class ToteAdmin(SettingAdmin):
    """Boxes on the carts of cluster lists, by their barcode, and what is in them."""

    list_display: ClassVar[Any] = ("code", link("warehouse"), link("pick_list"), "holds", "is_active")
    list_select_related: ClassVar[Any] = ("warehouse", "pick_list", "fulfillment_order__order")
    list_filter: ClassVar[Any] = ("warehouse", "is_active")
    search_fields: ClassVar[Any] = ("code__istartswith", "fulfillment_order__order__number__iexact")
    search_help_text = _("Barcode or order number")
    fields: ClassVar[Any] = (("warehouse", "code", "is_active"), "holds")
    readonly_fields: ClassVar[Any] = ("holds",)
    exports: ClassVar[Any] = {"holds": (("order", "fulfillment_order__order__number"),)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tote]:
        rows: QuerySet[Tote] = super().get_queryset(request)
        return rows.select_related("fulfillment_order__order")

    @column(_("holds"))
    def holds(self, tote: Tote) -> SafeString | str:
        return anchor(tote.fulfillment_order.order) if tote.fulfillment_order else "–"
