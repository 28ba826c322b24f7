"""Who buys: found by whatever they say, and everything about one on one page."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orders.addresses import problems
from orders.admin.action_pages import way
from orders.admin.chips import address, column, link
from orders.admin.contact import LOG_CONTACT
from orders.admin.customer_actions import ADDRESS_ACTIONS, CUSTOMER_ACTIONS
from orders.admin.customer_page import customer_page
from orders.admin.editor import DRAFTS
from orders.admin.records import RecordAdmin
from orders.admin.search import MOST
from orders.admin.value import GRANT_CREDIT
from orders.duplicates import with_twins
from orders.models import Customer, CustomerAddress
from orders.selectors import with_phone


class DuplicateFilter(admin.SimpleListFilter):
    """Customers who look like another one."""

    title = _("duplicates")
    parameter_name = "duplicates"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Possible duplicates"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        return queryset.filter(pk__in=with_twins()) if self.value() == "1" else queryset


@admin.register(Customer)
class CustomerAdmin(RecordAdmin):
    """Customers come with their orders; what is wrong is set right by actions, each of which calls a service."""

    list_display: ClassVar[Any] = ("__str__", "email", "phone", "language", "standing", "created_at")
    list_filter: ClassVar[Any] = (DuplicateFilter,)
    search_fields: ClassVar[Any] = ("name__icontains",)
    search_help_text = _("Mail, phone, reference or name")
    detail_select_related: ClassVar[tuple[str, ...]] = ("merged_into",)
    fields: ClassVar[Any] = ("email",)
    staff_actions = (*CUSTOMER_ACTIONS, GRANT_CREDIT, LOG_CONTACT)
    change_form_template = "admin/orders/customer/page.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        text = search_term.strip()
        if "@" in text:
            return queryset.filter(email__startswith=text.lower()), False
        phoning = with_phone(Customer.objects.all(), text)
        if phoning is not None:
            named = Customer.objects.filter(reference=text)
            pks = phoning.order_by().values_list("pk").union(named.order_by().values_list("pk"), all=True)[:MOST]
            return queryset.filter(pk__in=[pk for (pk,) in pks]), False
        found: tuple[QuerySet[Customer], bool] = super().get_search_results(request, queryset, search_term)
        return found

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        customer: Customer = kwargs["obj"]
        language = get_language() or settings.LANGUAGE_CODE
        context |= {"customer": customer, "page": customer_page(customer, language=language)}
        return super().render_change_form(request, context, *args, **kwargs)

    def ways(self, request: HttpRequest, row: Customer) -> list[dict[str, Any]]:
        user: Any = request.user
        if row.merged_into_id or row.anonymised_at or not user.has_perms(["orders.view_order", DRAFTS]):
            return []
        return [way(_("New order"), f"{reverse('admin:orders_order_new')}?customer={row.pk}", icon="add_call")]

    @column(_("standing"), label=True)
    def standing(self, customer: Customer) -> Any:
        if customer.merged_into_id is not None:
            return _("Merged")
        return _("Erased") if customer.anonymised_at else ""


@admin.register(CustomerAddress)
class CustomerAddressAdmin(RecordAdmin):
    """Customers' address books: filled by their orders, set right here."""

    list_display: ClassVar[Any] = ("__str__", link("customer"), "is_default_shipping", "is_default_billing", "used")
    list_select_related: ClassVar[Any] = ("customer",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("customer",)
    search_fields: ClassVar[Any] = ("customer__email__exact", "fingerprint__exact")
    search_help_text = _("The customer's whole mail address")
    staff_actions = ADDRESS_ACTIONS
    fields: ClassVar[Any] = (
        ("customer", "label"),
        "written",
        "look_at",
        ("is_default_shipping", "is_default_billing"),
        ("last_used_at", "created_at"),
    )

    @column(_("last used"), ordering="last_used_at")
    def used(self, row: CustomerAddress) -> Any:
        return row.last_used_at

    @column(_("address"))
    def written(self, row: CustomerAddress) -> Any:
        return address(row.address)

    @column(_("to look at"))
    def look_at(self, row: CustomerAddress) -> str:
        return " ".join(str(problem.words) for problem in problems(row.address)) or "–"
