"""The two kinds of pages in the back office: records that services write, and settings that people edit."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from orders.admin.actions import ActionPages
from orders.admin.search import by_order


class Desk(ActionPages, ModelAdmin):  # type: ignore[misc]
    """What all pages share: nothing counts rows, so that a list of a million opens like a list of ten."""

    paginator = InfinitePaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_disable_select_all = True
    list_filter_submit = True
    list_fullwidth = True
    compressed_fields = True


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
            return self.fields
        return [field.name for field in shown_columns(self.model) if field.name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj)

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


class SettingAdmin(Desk):
    """Rows that people edit. Only what was edited is written, so that two people don't undo each other."""

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        if not change:
            obj.save()
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        edited = columns.intersection(form.changed_data)
        if edited:
            obj.save(update_fields=edited)


class RecordInline(TabularInline):  # type: ignore[misc]
    """Rows of a record, to read; ``related`` is what each row shows of others."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    related: ClassVar[tuple[str, ...]] = ()
    tab = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Parts of a record are seen by who may see the record."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.related) if self.related else rows


def shown_columns(model: type[Model]) -> "list[models.Field[Any, Any]]":
    """The columns of a model as its page shows them; queues' machinery and keys stay out of sight."""
    machinery = {"id", "lease_token", "leased_until", "change_set", "metadata"}
    return [field for field in model._meta.concrete_fields if field.name not in machinery]
