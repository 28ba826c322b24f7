"""What needs a person: the exceptions queue, and messages that could not be sent."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action import Action, ActionForm
from orders.admin.chips import anchor, chip, column, link
from orders.admin.message_words import message_words
from orders.admin.queue_ways import AgeFilter, CategoryFilter, QueueFilter, subject_of, way_out
from orders.admin.records import RecordAdmin
from orders.exception_words import category_words, next_step, summary
from orders.kernel.actor import Actor
from orders.models import Notification, ProcessException
from orders.services.assign import assign_exception, take_exception
from orders.services.exception import resolve_exception, snooze_exception
from orders.services.outbox import resend_message
from orders.states import ExceptionStatus, NotificationStatus


class AssignForm(ActionForm):
    """Who looks after it; the one who asks, unless said."""

    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Owner"), queryset=None, required=False, empty_label=_("Nobody")
    )

    def build(self) -> None:
        people = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("username")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["owner"].initial = self.user

    @property
    def facts(self) -> list[Any]:
        owner = getattr(self.target, "owner", None)
        return [(_("Taken by"), owner)] if owner is not None else []


class ResolveForm(ActionForm):
    """What was done about it."""

    resolution = forms.CharField(label=_("What was done"), max_length=255)

    @property
    def facts(self) -> list[Any]:
        if not isinstance(self.target, ProcessException):
            return []
        row = self.target
        return [(category_words(row.category), summary(row)), (_("What to do"), next_step(row))]


class SnoozeForm(ActionForm):
    """Until when, and why."""

    until = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    note = forms.CharField(label=_("Note"), max_length=255, help_text=_("What is being waited for."))


def _take(row: ProcessException, data: dict[str, Any], by: Actor) -> Any:
    take_exception(row.pk, by=by)
    return _("It is yours.")


def _snooze(row: ProcessException, data: dict[str, Any], by: Actor) -> Any:
    snooze_exception(row.pk, until=data["until"], note=data["note"], by=by)
    return _("Put aside.")


def _assign(row: ProcessException, data: dict[str, Any], by: Actor) -> Any:
    owner = data["owner"]
    assign_exception(row.pk, owner_id=owner.pk if owner else None, by=by)
    return _("%(owner)s looks after it.") % {"owner": owner} if owner else _("Nobody looks after it now.")


def _resolve(row: ProcessException, data: dict[str, Any], by: Actor) -> Any:
    resolve_exception(row.pk, resolution=data["resolution"], by=by)
    return _("Resolved.")


def _resend(message: Notification, data: dict[str, Any], by: Actor) -> Any:
    resend_message(message.pk, by=by)
    return _("The message will be sent again in a moment.")


def is_open(row: ProcessException) -> bool:
    """Whether somebody must still act."""
    return bool(row.status == ExceptionStatus.OPEN)


def is_free(row: ProcessException) -> bool:
    """Whether nobody looks after it yet."""
    return is_open(row) and row.owner_id is None


TAKE = Action(
    name="take",
    label=_("Take"),
    intro=_("You look after it."),
    permission="orders.resolve_exception",
    call=_take,
    icon="pan_tool",
    fits=is_free,
    many=True,
    in_rows=True,
)
SNOOZE = Action(
    name="snooze",
    label=_("Put aside"),
    intro=_("It leaves the queue until then, and closes by itself when its cause is gone."),
    permission="orders.resolve_exception",
    form=SnoozeForm,
    call=_snooze,
    icon="snooze",
    fits=is_open,
    many=True,
)
ASSIGN = Action(
    name="assign",
    label=_("Assign"),
    permission="orders.resolve_exception",
    form=AssignForm,
    call=_assign,
    icon="person_add",
    fits=is_open,
    many=True,
    in_rows=True,
)
RESOLVE = Action(
    name="resolve",
    label=_("Resolve"),
    permission="orders.resolve_exception",
    form=ResolveForm,
    call=_resolve,
    icon="task_alt",
    variant="primary",
    fits=is_open,
    many=True,
    in_rows=True,
)
RESEND = Action(
    name="resend",
    label=_("Send again"),
    intro=_("The message goes to the address that the order has now."),
    permission="orders.resend_notification",
    call=_resend,
    icon="forward_to_inbox",
    variant="primary",
    fits=lambda message: message.status == NotificationStatus.DEAD,
    many=True,
)


@admin.register(ProcessException)
class ProcessExceptionAdmin(RecordAdmin):
    """The back office's one queue of things that need a person: what is urgent first, then what is old."""

    list_display: ClassVar[Any] = (
        "about",
        chip("severity"),
        link("order"),
        "do_it",
        "age",
        "owner",
        "aside",
        chip("status"),
    )
    list_select_related: ClassVar[Any] = ("order", "owner")
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "owner")
    ordering: ClassVar[Any] = ("status", "urgency", "opened_at", "id")
    list_filter: ClassVar[Any] = (
        QueueFilter,
        CategoryFilter,
        ("severity", ChoicesDropdownFilter),
        AgeFilter,
        ("owner", admin.RelatedOnlyFieldListFilter),
        ("opened_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("subject_id__exact", "category__exact")
    search_help_text = _("Order number, category or subject")
    order_path = "order"
    staff_actions = (TAKE, ASSIGN, SNOOZE, RESOLVE)
    fields: ClassVar[Any] = (
        ("named", "do_it"),
        "happened",
        ("severity", "status"),
        ("order", "owner"),
        "subject",
        ("opened_at", "resolved_at"),
        ("snoozed_until", "snooze_note"),
        "resolution",
    )

    def get_urls(self) -> list[URLPattern]:
        go = path("<int:pk>/go/", self.admin_site.admin_view(self.go), name="orders_processexception_go")
        return [go, *super().get_urls()]

    def go(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To where the question is answered; looked up when somebody clicks, so that the list stays cheap."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(way_out(get_object_or_404(self.get_queryset(request), pk=pk), request))

    @column(_("what happened"), header=True)
    def about(self, row: ProcessException) -> list[str]:
        return [category_words(row.category), summary(row)]

    @column(_("about"))
    def named(self, row: ProcessException) -> str:
        return category_words(row.category)

    @column(_("what happened"))
    def happened(self, row: ProcessException) -> str:
        return summary(row)

    @column(_("what to do"))
    def do_it(self, row: ProcessException) -> str:
        if not is_open(row):
            return next_step(row)
        url = reverse("admin:orders_processexception_go", args=[row.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', url, next_step(row))

    @column(_("age"), ordering="opened_at")
    def age(self, row: ProcessException) -> str:
        title = date_format(timezone.localtime(row.opened_at), "DATETIME_FORMAT")
        return format_html('<span title="{}">{}</span>', title, timesince(row.opened_at, depth=1))

    @column(_("put aside"))
    def aside(self, row: ProcessException) -> str:
        if row.snoozed_until is None or row.snoozed_until <= timezone.now():
            return "–"
        until = date_format(timezone.localtime(row.snoozed_until), "SHORT_DATETIME_FORMAT")
        return format_html('<span title="{}">{}</span>', row.snooze_note, until)

    @column(_("subject"))
    def subject(self, row: ProcessException) -> str:
        """What it is about."""
        target = subject_of(row)
        words = f"{row.subject_kind} {row.subject_id}"
        return anchor(target, words) if target is not None else words


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    """Messages: owed, sent as they were read, or dead."""

    list_display: ClassVar[Any] = (
        "about",
        link("order"),
        chip("status"),
        "sent_to",
        "created_at",
        "sent_at",
    )
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("template__exact", "sent_to__exact")
    search_help_text = _("Order number, address or template")
    order_path = "order"
    staff_actions = (RESEND,)
    fields: ClassVar[Any] = (
        ("about", "status"),
        ("order", "recipient", "sent_to"),
        ("created_at", "sent_at", "due_at"),
        ("attempts", "error"),
        "as_sent",
    )

    @column(_("message"))
    def about(self, message: Notification) -> str:
        return message.subject or message_words(message.template)

    @column(_("as sent"))
    def as_sent(self, message: Notification) -> str:
        return format_html('<pre class="desk-mail">{}</pre>', message.text or "–")
