"""Who buys."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from orders.admin.chips import column, listing
from orders.admin.contact import LOG_CONTACT
from orders.admin.records import SettingAdmin
from orders.admin.search import MOST, with_phone
from orders.models import Customer


@admin.register(Customer)
class CustomerAdmin(SettingAdmin):
    """Customers come with their orders; name, phone, language and tags may be set right."""

    list_display: ClassVar[Any] = ("__str__", "email", "phone", "language", "created_at")
    ordering: ClassVar[Any] = ("-id",)
    sortable_by: ClassVar[Any] = ()
    search_fields: ClassVar[Any] = ("name__icontains",)
    search_help_text = _("Mail, phone, reference or name")
    readonly_fields: ClassVar[Any] = ("email", "reference", "orders", "contacts", "anonymised_at", "created_at")
    staff_actions = (LOG_CONTACT,)
    fields: ClassVar[Any] = (
        ("name", "email"),
        ("phone", "language"),
        "tags",
        ("reference", "orders", "contacts"),
        "notification_preferences",
        ("created_at", "anonymised_at"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        text = search_term.strip()
        if "@" in text:
            return queryset.filter(email__startswith=text.lower()), False
        phoning = with_phone(Customer.objects.all(), text)
        if phoning is not None:
            named = Customer.objects.filter(reference=text)
            pks = phoning.values_list("pk").union(named.order_by().values_list("pk"), all=True)[:MOST]
            return queryset.filter(pk__in=[pk for (pk,) in pks]), False
        found: tuple[QuerySet[Customer], bool] = super().get_search_results(request, queryset, search_term)
        return found

    @column(_("orders"))
    def orders(self, customer: Customer) -> str:
        url = listing("orders.order", customer__id__exact=customer.pk)
        return format_html('<a class="desk-link" href="{}">{}</a>', url, _("All orders"))

    @column(_("contacts"))
    def contacts(self, customer: Customer) -> str:
        url = listing("orders.contactlog", customer__id__exact=customer.pk)
        return format_html('<a class="desk-link" href="{}">{}</a>', url, _("All contacts"))
