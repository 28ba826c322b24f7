"""The two kinds of pages in the back office: records that services write, and settings that people edit."""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextInputWidget

from orders.admin.action_pages import ActionPages
from orders.admin.chips import amount, column, state, url_of
from orders.admin.column_words import name_columns
from orders.admin.export import ExportPages
from orders.admin.search import by_order
from orders.models.fields import AmountField

_FIELDS_IN_A_ROW = 3


class Desk(ExportPages, ActionPages, ModelAdmin):  # type: ignore[misc]
    """What all pages share: nothing counts rows, so that a list of a million opens like a list of ten."""

    paginator = InfinitePaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_disable_select_all = True
    list_filter_submit = True
    list_fullwidth = True
    compressed_fields = True

    def __init__(self, model: type[Model], admin_site: Any) -> None:
        super().__init__(model, admin_site)
        name_columns(model)


class RecordAdmin(Desk):
    """Rows that services write: found and read here, never added, edited or deleted."""

    ordering: ClassVar[Any] = ("-id",)
    sortable_by: ClassVar[Any] = ()
    order_path: ClassVar[str] = ""  # the way to the order, so that rows are found by its number
    hidden: ClassVar[tuple[str, ...]] = ()  # columns that nobody needs to see, or may
    detail_select_related: ClassVar[tuple[str, ...]] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if self.fields:
            return as_read(self.model, [part for row in self.fields for part in _in_reach(row)])
        names = [field.name for field in shown_columns(self.model) if field.name not in self.hidden]
        return as_read(self.model, [names[i : i + 2] for i in range(0, len(names), 2)])

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return flatten(self.get_fields(request, obj))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        of_order = by_order(queryset, self.order_path, search_term) if self.order_path else None
        if of_order is not None:
            return of_order, False
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row with what its page shows of others, in one statement."""
        if not self.detail_select_related:
            return super().get_object(request, object_id, from_field)
        try:
            pk = self.model._meta.pk.to_python(object_id)
            return self.get_queryset(request).select_related(*self.detail_select_related).get(pk=pk)
        except (self.model.DoesNotExist, ValueError):
            return None


def _in_reach(row: Any) -> list[Any]:
    """A row of a page in rows of at most three fields: what is more would be written over each other."""
    if isinstance(row, str) or len(row) <= _FIELDS_IN_A_ROW:
        return [row]
    size = 2 if len(row) == 4 else _FIELDS_IN_A_ROW
    return [row[i : i + size] for i in range(0, len(row), size)]


class PaperPages:
    """Gives a ModelAdmin a page that hands out the paper of a row, and the link to it."""

    model: Any
    admin_site: Any

    def paper(self, row: Any) -> tuple[bytes, str, str]:
        """Content, content type and file name."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_pdf"
        own = path("<path:object_id>/pdf/", self.admin_site.admin_view(self.hand_out), name=name)
        return [own, *super().get_urls()]  # type: ignore[misc]

    def hand_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The paper, to be read or printed."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        content, content_type, name = self.paper(row)
        answer = HttpResponse(content, content_type=content_type)
        answer["Content-Disposition"] = f'inline; filename="{name}"'
        return answer

    @column(_("paper"))
    def pdf(self, row: Any) -> SafeString:
        return paper_link(row, pgettext_lazy("verb", "Open"))


def paper_link(row: Model, words: Any) -> SafeString:
    """A link to the paper of a row."""
    return format_html('<a class="desk-link" href="{}" target="_blank">{}</a>', url_of(row, "pdf"), words)


class SettingAdmin(Desk):
    """Rows that people edit."""

    compressed_fields = False
    formfield_overrides: ClassVar[Any] = {ArrayField: {"widget": UnfoldAdminTextInputWidget}}


class RecordInline(TabularInline):  # type: ignore[misc]
    """Rows of a record, to read; ``related`` is what each row shows of others."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    related: ClassVar[tuple[str, ...]] = ()
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Parts of a record are seen by who may see the record."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return as_read(self.model, self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.related) if self.related else rows


def as_read(model: type[Model], names: Iterable[Any]) -> list[Any]:
    """The same columns, with states as chips and amounts with their currency."""
    return [as_read(model, name) if isinstance(name, list | tuple) else _as_read(model, name) for name in names]


@cache
def _as_read(model: type[Model], name: Any) -> Any:
    if name == "status" or str(name).endswith("_status"):
        return state(name)
    field = next((field for field in model._meta.concrete_fields if field.name == name), None)
    currency = currency_of(model) if isinstance(field, AmountField) else ""
    return amount(name, currency=currency) if field and currency else name


def currency_of(model: type[Model]) -> str:
    """The shortest way from a row to the currency of its amounts; empty when there is none."""
    ways: list[tuple[str, Any]] = [("", model)]
    for way, each in ways:
        names = {field.name for field in each._meta.concrete_fields}
        if "currency" in names:
            return f"{way}currency"
        if way.count("__") < 2:  # such as a line's order
            links = [field for field in each._meta.concrete_fields if field.remote_field and not field.null]
            ways += [(f"{way}{field.name}__", field.related_model) for field in links]
    return ""


def shown_columns(model: type[Model]) -> "list[models.Field[Any, Any]]":
    """The columns of a model as its page shows them; queues' machinery and keys stay out of sight."""
    machinery = {"id", "lease_token", "leased_until", "change_set", "metadata"}
    return [field for field in model._meta.concrete_fields if field.name not in machinery]
