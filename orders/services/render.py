"""Write an owed message in its reader's language; called by the sender, and by the admin's preview."""

import re
from dataclasses import dataclass
from email.utils import formataddr
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from orders.brand import Brand
from orders.change_words import sentences
from orders.codes import digits_of
from orders.exception_words import category_words, next_step, summary
from orders.holders import holder_of
from orders.links import order_payment_url, payment_url, status_url, unsubscribe_url
from orders.models import Notification, Order, OrderChange, PaymentLink, ProcessException
from orders.order_page import order_page
from orders.preferences import REFUSABLE, Preferences
from orders.states import MessageKind

if TYPE_CHECKING:
    import css_inline

CUSTOMER = "customer"
# mail -> the fact that names the paper which goes along
PAPERS = {"orders/mail/invoiced": "invoice", "orders/mail/credited": "credit_note"}
_MAILTO = "mailto:"
_BLANK_LINES = re.compile(r"\n\s*\n(\s*\n)+")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A message as it is sent; ``to`` is empty when the customer left no address, ``papers`` go along as PDF."""

    subject: str
    text: str
    html: str
    to: str
    sender: str
    reply_to: str
    secrets: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    unsubscribe_url: str = ""

    def kept(self, words: str) -> str:
        """``words`` as they are kept once they were sent: a gift card's code is nobody's to read later."""
        for secret in self.secrets:
            words = words.replace(secret, f"•••• {secret[-4:]}")
        return words


def render_message(notification: Notification) -> Rendered:
    """``notification`` in words, as things stand now. Only reads.

    The templates get the stored context, and beside it ``order``, ``page`` (what the customer's page says),
    ``brand``, ``status_url``, ``pay_url``, and what is derived of it: the ``digits`` of an ``access_code``, the
    ``pay_url`` of a ``payment_link``, the ``code`` of a ``gift_card``, what a ``change`` has ``changed``, and the
    ``questions`` behind ``exceptions``; ``unsubscribe_url`` (for kinds that may be refused) and ``asks_feedback``.
    Staff and suppliers read the house's own language.
    """
    order = notification.order
    is_customer = notification.recipient == CUSTOMER
    holder = holder_of(notification.context) if is_customer and order is None else None
    language = order.language if order and is_customer else settings.LANGUAGE_CODE
    if holder:
        language = holder.language
    channel = order.channel if order else holder.channel if holder else None
    brand = Brand(channel)
    stop = unsubscribe_url(order, notification.kind) if order and is_customer and _can_refuse(notification) else ""
    with override(language), timezone.override(channel.zone if channel else None):
        context = {**notification.context, **_about(order), "brand": brand, "language": language}
        context |= {**_derived(notification.context, language), **(holder.context if holder else {})}
        context["unsubscribe_url"] = stop
        return Rendered(
            subject=" ".join(_text(f"{notification.template}.subject.txt", context).split()),
            text=_text(f"{notification.template}.txt", context),
            html=_inliner().inline(get_template(f"{notification.template}.html").render(context)),
            to=holder.email if holder else _address(notification, order),
            sender=formataddr((brand.name, brand.sender_email)),
            reply_to=brand.support_email,
            secrets=holder.secrets if holder else (),
            papers=_papers(notification),
            unsubscribe_url=stop,
        )


def _changed(public_id: str, language: str) -> list[str]:
    """What a change of an order made different, in words."""
    change = OrderChange.objects.select_related("order").get(public_id=public_id)
    return sentences(change.diff, currency=change.order.currency, language=language)


def _questions(pks: list[int]) -> list[dict[str, str]]:
    """Questions of the exceptions queue in words, each with the link that answers it."""
    rows = ProcessException.objects.filter(pk__in=pks).select_related("order").order_by("opened_at", "pk")
    return [
        {
            "title": category_words(row.category),
            "summary": summary(row),
            "next": next_step(row),
            "order": row.order.number if row.order else "",
            "url": settings.SITE_URL + reverse("admin:orders_processexception_go", args=[row.pk]),
        }
        for row in rows
    ]


def _derived(stored: dict[str, Any], language: str) -> dict[str, Any]:
    """What no table holds, worked out of the names of things."""
    derived: dict[str, Any] = {}
    if "access_code" in stored:
        derived["digits"] = digits_of(stored["access_code"])
    if "payment_link" in stored:
        link = PaymentLink.objects.select_related("order").get(public_id=stored["payment_link"])
        derived["pay_url"] = payment_url(link)
    if "change" in stored:
        derived["changed"] = _changed(stored["change"], language)
    if "exceptions" in stored:
        derived["questions"] = _questions(stored["exceptions"])
    return derived


def _papers(notification: Notification) -> tuple[str, ...]:
    fact = PAPERS.get(notification.template)
    return (notification.context[fact],) if fact else ()


def _about(order: Order | None) -> dict[str, Any]:
    if order is None:
        return {}
    return {
        "order": order,
        "page": order_page(order),
        "channel": order.channel,
        "status_url": status_url(order),
        "pay_url": order_payment_url(order),
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
