"""What needs a person: the exceptions queue, and messages that could not be sent."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action import Action, ActionForm
from orders.admin.chips import chip, column, link, listing
from orders.admin.exception_words import category_words, next_step
from orders.admin.message_words import message_words
from orders.admin.records import RecordAdmin
from orders.kernel.actor import Actor
from orders.models import Notification, ProcessException
from orders.services.exception import assign_exception, resolve_exception
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


class ResolveForm(ActionForm):
    """What was done about it."""

    resolution = forms.CharField(label=_("What was done"), max_length=255)

    @property
    def facts(self) -> list[Any]:
        if not isinstance(self.target, ProcessException):
            return []
        row = self.target
        return [(category_words(row.category), row.summary), (_("What to do"), next_step(row))]


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
    """The back office's one queue of things that need a person."""

    list_display: ClassVar[Any] = (
        "about",
        chip("severity"),
        link("order"),
        "what_now",
        "owner",
        chip("status"),
        "opened_at",
    )
    list_select_related: ClassVar[Any] = ("order", "owner")
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "owner")
    list_filter: ClassVar[Any] = (
        ("status", ChoicesDropdownFilter),
        ("severity", ChoicesDropdownFilter),
        ("owner", admin.RelatedOnlyFieldListFilter),
        ("opened_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("subject_id__exact", "category__exact", "summary__icontains")
    search_help_text = _("Order number, category, subject or words")
    order_path = "order"
    staff_actions = (ASSIGN, RESOLVE)
    fields: ClassVar[Any] = (
        ("named", "what_now"),
        "summary",
        ("severity", "status"),
        ("order", "owner"),
        "subject",
        ("opened_at", "resolved_at"),
        "resolution",
    )

    @column(_("what happened"), header=True)
    def about(self, row: ProcessException) -> list[str]:
        return [category_words(row.category), row.summary]

    @column(_("about"))
    def named(self, row: ProcessException) -> str:
        return category_words(row.category)

    @column(_("what to do"))
    def what_now(self, row: ProcessException) -> str:
        return next_step(row)

    @column(_("subject"))
    def subject(self, row: ProcessException) -> SafeString:
        """What it is about, found by its public id where the back office has a list of such things."""
        kind = row.subject_kind.replace("_", "")
        pages = [model for model in self.admin_site._registry if model._meta.model_name == kind]
        if not pages:
            return format_html("{} {}", row.subject_kind, row.subject_id)
        url = listing(pages[0]._meta.label_lower, q=row.subject_id)
        return format_html('<a class="desk-link" href="{}">{} {}</a>', url, row.subject_kind, row.subject_id)


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
