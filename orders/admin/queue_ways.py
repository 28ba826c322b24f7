"""Where the one click of the exceptions queue leads, and what the queue shows by default."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from orders.admin.chips import listing, url_of
from orders.categories import CATEGORIES, ORDER
from orders.models import ProcessException
from orders.states import ExceptionStatus

QUEUE = "orders.processexception"


def to_do(rows: QuerySet[ProcessException]) -> QuerySet[ProcessException]:
    """What is open and not put aside."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=timezone.now())
    return rows.filter(awake, status=ExceptionStatus.OPEN)


def unowned(rows: QuerySet[ProcessException]) -> QuerySet[ProcessException]:
    """What is to do and nobody has taken."""
    return to_do(rows).filter(owner=None)


def way_out(row: ProcessException, request: HttpRequest) -> str:
    """The page on which the question is answered: the right action, for who may do it, else what it is about."""
    known = CATEGORIES.get(row.category)
    target = row.order if known and known.on == ORDER else subject_of(row)
    page = admin.site._registry.get(type(target)) if target is not None else None
    if target is None or page is None or not page.has_view_permission(request):
        return url_of(row)
    action = next((each for each in page.declared() if known and each.name == known.action), None)  # type: ignore[attr-defined]
    user: Any = request.user
    if action is None or not action.single or not user.has_perm(action.permission) or not action.fits(target):
        return url_of(target)
    meta = target._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_do_{action.name}", args=[target.pk])
    return f"{url}?{urlencode({'next': listing(QUEUE)})}"


def subject_of(row: ProcessException) -> Model | None:
    """What the question is about: found by its public id, or by its key where it has none."""
    kind = row.subject_kind.replace("_", "")
    model = next((each for each in admin.site._registry if each._meta.model_name == kind), None)
    if model is None:
        return None
    names = {field.name for field in model._meta.concrete_fields}
    found: QuerySet[Any] = model._default_manager.none()
    if "public_id" in names:
        found = model._default_manager.filter(public_id=row.subject_id)
    elif row.subject_id.isdecimal():
        found = model._default_manager.filter(pk=row.subject_id)
    return found.first()


class QueueFilter(admin.SimpleListFilter):
    """Whose turn it is; what is to do unless something else is chosen."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mine", _("Mine")),
            ("unowned", _("Nobody's")),
            ("snoozed", _("Put aside")),
            ("resolved", _("Resolved")),
            ("all", _("All")),
        ]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("To do"),
        }
        for lookup, title in self.lookup_choices:
            yield {
                "selected": self.value() == str(lookup),
                "query_string": changelist.get_query_string({self.parameter_name: lookup}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProcessException]) -> QuerySet[ProcessException]:
        match self.value():
            case "mine":
                return to_do(queryset).filter(owner_id=request.user.pk)
            case "unowned":
                return unowned(queryset)
            case "snoozed":
                return queryset.filter(status=ExceptionStatus.OPEN, snoozed_until__gt=timezone.now())
            case "resolved":
                return queryset.filter(status=ExceptionStatus.RESOLVED)
            case "all":
                return queryset
        return to_do(queryset)


class CategoryFilter(admin.SimpleListFilter):
    """What kind of question."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, category.title) for code, category in CATEGORIES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProcessException]) -> QuerySet[ProcessException]:
        return queryset.filter(category=self.value()) if self.value() else queryset


class AgeFilter(admin.SimpleListFilter):
    """How long somebody has been waiting for the answer."""

    title = _("age")
    parameter_name = "older"
    HOURS = (1, 24, 72, 168)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        words = ngettext_lazy("More than %(n)s hour", "More than %(n)s hours", "n")
        return [(str(hours), words % {"n": hours}) for hours in self.HOURS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProcessException]) -> QuerySet[ProcessException]:
        if self.value() not in {str(hours) for hours in self.HOURS}:
            return queryset
        return queryset.filter(opened_at__lt=timezone.now() - timedelta(hours=int(self.value() or 0)))
