"""Contacts with customers: logged from an order's or a customer's page, listed and counted by their reason."""

from collections import Counter
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action import Action, ActionForm, must_choose
from orders.admin.chips import column, link
from orders.admin.records import RecordAdmin
from orders.kernel.actor import Actor
from orders.models import ContactLog, Customer, Order
from orders.services.log_contact import log_contact
from orders.states import ContactChannel, ContactDirection, ContactReason

COUNTED = 1000  # the newest contacts that are counted by reason


class ContactForm(ActionForm):
    """Who called whom, why, and whether to call again."""

    direction = forms.ChoiceField(label=_("Who began"), choices=ContactDirection.choices)
    channel = forms.ChoiceField(label=_("By"), choices=ContactChannel.choices)
    reason = forms.ChoiceField(label=_("Reason"), choices=must_choose(ContactReason.choices))
    note = forms.CharField(label=_("What was said"), required=False, widget=forms.Textarea, max_length=5000)
    call_back_at = forms.DateTimeField(
        label=_("Call back at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def clean_call_back_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["call_back_at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("Give a time that is still to come."))
        return at


def _log(target: Order | Customer, data: dict[str, Any], by: Actor) -> Any:
    order = target if isinstance(target, Order) else None
    log_contact(
        customer_id=order.customer_id if order else target.pk,
        order_id=order.pk if order else None,
        direction=ContactDirection(data["direction"]),
        channel=ContactChannel(data["channel"]),
        reason=ContactReason(data["reason"]),
        note=data["note"],
        call_back_at=data["call_back_at"],
        by=by,
    )
    return _("The contact is logged.")


LOG_CONTACT = Action(
    name="log_contact",
    label=_("Log a contact"),
    intro=_("Calls that were promised to this customer before are answered by it."),
    submit=_("Log it"),
    permission="orders.log_contact",
    form=ContactForm,
    call=_log,
    icon="phone_in_talk",
    rare=True,
)


@admin.register(ContactLog)
class ContactLogAdmin(RecordAdmin):
    """Calls, mails and chats."""

    list_display: ClassVar[Any] = ("about", link("customer"), link("order"), "made_by", "call_back_at", "created_at")
    list_select_related: ClassVar[Any] = ("customer", "order")
    detail_select_related: ClassVar[tuple[str, ...]] = ("customer", "order")
    list_filter: ClassVar[Any] = (
        ("reason", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        ("direction", ChoicesDropdownFilter),
        ("created_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("public_id__exact", "made_by__exact")
    search_help_text = _("Order number, contact id or colleague")
    order_path = "order"
    change_list_template = "admin/orders/contactlog/list.html"
    fields: ClassVar[Any] = (
        ("customer", "order"),
        ("reason", "channel", "direction"),
        "note",
        ("call_back_at", "call_back_asked_at", "called_back_at"),
        ("made_by", "created_at"),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With how many of the newest that are listed were about what; a bounded read, however many there are."""
        response = super().changelist_view(request, extra_context)
        page = response.context_data if isinstance(response, TemplateResponse) else None
        if page and page.get("cl"):
            newest = page["cl"].queryset.values_list("reason", flat=True)[:COUNTED]
            page["reasons"] = [(ContactReason(code).label, n) for code, n in Counter(newest).most_common()]
        return response

    @column(_("contact"), header=True)
    def about(self, contact: ContactLog) -> list[str]:
        said = f"{contact.get_channel_display()} · {contact.get_direction_display()}"
        return [contact.get_reason_display(), said]
