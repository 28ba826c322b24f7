"""What payment gateways say: asked by staff, or told by themselves (worked off, parked, or in need of a person)."""

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action import Action
from orders.admin.chips import chip, column, listing
from orders.admin.records import RecordAdmin
from orders.gateways import online
from orders.gateways.protocol import NoAnswer
from orders.kernel.actor import Actor
from orders.models import GatewayNotice, Payment
from orders.services.notice import retry_notice
from orders.services.settle import settle_payments
from orders.services.sync_payment import sync_payment
from orders.states import NoticeStatus


def _compare(payment: Payment, data: dict[str, Any], by: Actor) -> Any:
    try:
        found = sync_payment(payment.pk, by=by)
    except NoAnswer:
        return _("The gateway gives no answer; it is asked again by itself.")
    settle_payments(payment.order_id, by=by)
    if not found:
        return _("The gateway says the same as we do.")
    return _("This differs: %(differences)s.") % {"differences": "; ".join(str(each) for each in found)}


def _process_again(notice: GatewayNotice, data: dict[str, Any], by: Actor) -> Any:
    retry_notice(notice.pk, by=by)
    return _("It will be processed again in a moment.")


COMPARE = Action(
    name="compare",
    label=_("Compare"),
    intro=_("Asks the gateway how the payment stands, and books what we have missed."),
    permission="orders.record_payment",
    call=_compare,
    icon="compare_arrows",
    fits=lambda payment: payment.gateway in online(),
)
PROCESS_AGAIN = Action(
    name="process_again",
    label=_("Process again"),
    intro=_("The gateway is asked how the payment stands now."),
    permission="orders.process_notice",
    call=_process_again,
    icon="replay",
    variant="primary",
    fits=lambda notice: notice.status in (NoticeStatus.PARKED, NoticeStatus.FAILED),
    many=True,
)


@admin.register(GatewayNotice)
class GatewayNoticeAdmin(RecordAdmin):
    """News from payment gateways. Parked ones are about things that we don't know; failed ones need a person."""

    list_display: ClassVar[Any] = (
        "type",
        "gateway",
        chip("status"),
        "about",
        "error",
        "received_at",
        "processed_at",
    )
    list_filter: ClassVar[Any] = (
        ("status", ChoicesDropdownFilter),
        ("received_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("event_id__exact", "payment__exact", "ref__exact")
    search_help_text = _("The gateway's event id or reference, or our payment id")
    staff_actions = (PROCESS_AGAIN,)
    fields: ClassVar[Any] = (
        ("type", "gateway"),
        ("status", "error"),
        ("about", "ref"),
        ("event_id", "attempts"),
        ("received_at", "due_at", "processed_at"),
        "details",
    )

    @column(_("payment"))
    def about(self, notice: GatewayNotice) -> SafeString | str:
        """Found by its public id, since news may be about a payment that we don't have."""
        if not notice.payment:
            return "–"
        url = listing("orders.payment", q=notice.payment)
        return format_html('<a class="desk-link" href="{}">{}</a>', url, notice.payment)

    @column(_("details"))
    def details(self, notice: GatewayNotice) -> str:
        return json.dumps(notice.facts, sort_keys=True)
