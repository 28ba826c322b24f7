"""Carrier accounts, and which of their services a customer's choice means."""

from typing import Any, ClassVar

from django.contrib import admin
from unfold.admin import TabularInline

from orders.admin.chips import link
from orders.admin.records import SettingAdmin
from shipping.models import Carrier, CarrierService


class CarrierServiceInline(TabularInline):  # type: ignore[misc]
    """What the carrier does for us."""

    model = CarrierService
    extra = 0
    fields: ClassVar[Any] = ("code", "name", "method", "countries", "max_weight_g", "priority")


@admin.register(Carrier)
class CarrierAdmin(SettingAdmin):
    """Accounts with carriers."""

    list_display: ClassVar[Any] = ("code", "name", "adapter", "account", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (("code", "name"), ("adapter", "account"), "tracking_url", "is_active")
    inlines: ClassVar[Any] = (CarrierServiceInline,)


@admin.register(CarrierService)
class CarrierServiceAdmin(SettingAdmin):
    """Services by method, country and weight."""

    list_display: ClassVar[Any] = (
        "code",
        "name",
        link("carrier"),
        link("method"),
        "countries",
        "max_weight_g",
        "priority",
    )
    list_select_related: ClassVar[Any] = ("carrier", "method")
    list_filter: ClassVar[Any] = ("carrier", "method")
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (("carrier", "method"), ("code", "name"), "countries", ("max_weight_g", "priority"))
