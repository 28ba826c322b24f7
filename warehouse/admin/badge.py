"""Badges: who has one, and issuing a new one from a person's page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action, Answer
from orders.admin.chips import link
from orders.admin.records import RecordAdmin
from orders.kernel.actor import Actor
from warehouse.models import Badge
from warehouse.services.issue_badge import issue_badge


def _issue(user: User, _data: dict[str, Any], by: Actor) -> Answer:
    from orders.kernel.documents import barcode_svg

    code = issue_badge(user.pk, by=by)
    context = {"person": user, "code": code, "barcode": barcode_svg(code, "Code128")}
    return Answer(template="admin/warehouse/badge_issued.html", context=context)


ISSUE_BADGE = Action(
    name="issue_badge",
    label=_("Issue a badge"),
    intro=_("The badge's barcode is shown once, right after this. A badge that the person has already is void."),
    permission="warehouse.issue_badge",
    call=_issue,
    icon="badge",
)


@admin.register(Badge)
class BadgeAdmin(RecordAdmin):
    """Who has a badge; only a hash of each is kept."""

    list_display: ClassVar[Any] = (link("user"), "issued_at")
    list_select_related: ClassVar[Any] = ("user",)
    search_fields: ClassVar[Any] = ("user__username__istartswith",)
    hidden: ClassVar[tuple[str, ...]] = ("code_hash",)
