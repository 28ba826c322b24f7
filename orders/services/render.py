"""Write an owed message in its reader's language; called by the sender, and by the admin's preview."""

import re
from dataclasses import dataclass
from email.utils import formataddr
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.translation import override

from orders.brand import Brand
from orders.codes import digits_of
from orders.links import status_url, unsubscribe_url
from orders.models import Notification, Order
from orders.order_page import order_page
from orders.preferences import REFUSABLE, Preferences
from orders.states import MessageKind

if TYPE_CHECKING:
    import css_inline

CUSTOMER = "customer"
_MAILTO = "mailto:"
_BLANK_LINES = re.compile(r"\n\s*\n(\s*\n)+")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A message as it is sent; ``to`` is empty when the customer left no address."""

    subject: str
    text: str
    html: str
    to: str
    sender: str
    reply_to: str
    unsubscribe_url: str = ""


def render_message(notification: Notification) -> Rendered:
    """``notification`` in words, as things stand now. Only reads.

    The templates get the stored context, and beside it ``order``, ``page`` (what the customer's page says),
    ``brand``, ``status_url``, ``unsubscribe_url`` (for kinds that may be refused), ``asks_feedback``, and the
    ``digits`` of an ``access_code``. Staff and suppliers read the house's own
    language.
    """
    order = notification.order
    is_customer = notification.recipient == CUSTOMER
    language = order.language if order and is_customer else settings.LANGUAGE_CODE
    brand = Brand(order.channel if order else None)
    stop = unsubscribe_url(order, notification.kind) if order and is_customer and _can_refuse(notification) else ""
    with override(language):
        context = {**notification.context, **_about(order), "brand": brand, "language": language}
        context["unsubscribe_url"] = stop
        if "access_code" in context:
            context["digits"] = digits_of(context["access_code"])
        return Rendered(
            subject=" ".join(_text(f"{notification.template}.subject.txt", context).split()),
            text=_text(f"{notification.template}.txt", context),
            html=_inliner().inline(get_template(f"{notification.template}.html").render(context)),
            to=_address(notification, order),
            sender=formataddr((brand.name, brand.sender_email)),
            reply_to=brand.support_email,
            unsubscribe_url=stop,
        )


def _about(order: Order | None) -> dict[str, Any]:
    if order is None:
        return {}
    return {
        "order": order,
        "page": order_page(order),
        "channel": order.channel,
        "status_url": status_url(order),
        "asks_feedback": Preferences.of(order.customer.notification_preferences).wants(MessageKind.FEEDBACK),
    }


def _can_refuse(notification: Notification) -> bool:
    return notification.kind in REFUSABLE


def _address(notification: Notification, order: Order | None) -> str:
    if notification.recipient.startswith(_MAILTO):
        return notification.recipient.removeprefix(_MAILTO)
    return (order.email or order.customer.email or "") if order else ""


def _text(template: str, context: dict[str, Any]) -> str:
    """A text template without HTML's escaping, and with at most one blank line between paragraphs."""
    backend: Any = get_template(template)
    written = backend.template.render(Context(context, autoescape=False))
    return _BLANK_LINES.sub("\n\n", written).strip() + "\n"


@cache
def _inliner() -> "css_inline.CSSInliner":
    """Mail programs that know no style sheets get them on each element; dark mode stays in the head."""
    import css_inline

    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
