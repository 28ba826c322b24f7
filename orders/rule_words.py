"""Hold rules as sentences, and why a hold was placed: for staff. Customers read ``order_words`` and never of fraud."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from orders.kernel.documents import Formats
from orders.models import HoldRule, OrderHold
from orders.states import Counted, HoldReason, RuleKind

_SENTENCES: dict[str, Promise] = {
    RuleKind.AMOUNT_ABOVE: gettext_lazy("Hold orders above {amount}: {reason}."),
    RuleKind.FIRST_ORDER_ABOVE: gettext_lazy(
        "Hold orders above {amount} when it is the customer's first order: {reason}."
    ),
    RuleKind.COUNTRY_MISMATCH: gettext_lazy("Hold orders whose bill and goods go to different countries: {reason}."),
    RuleKind.COUNTRIES: gettext_lazy("Hold orders whose bill or goods go to {countries}: {reason}."),
    RuleKind.ADDRESS_INCOMPLETE: gettext_lazy("Hold orders with an incomplete delivery address: {reason}."),
    RuleKind.PRODUCTS: gettext_lazy("Hold orders with {products}: {reason}."),
    RuleKind.BLOCKED_CONTACT: gettext_lazy("Hold orders of {contacts}: {reason}."),
}
_VELOCITY: dict[str, Promise] = {
    Counted.ORDERS: gettext_lazy(
        "Hold an order when it is number {times} or later within {hours} hours with the same {same}: {reason}."
    ),
    Counted.CARDS: gettext_lazy(
        "Hold an order when {times} or more means of payment were used within {hours} hours "
        "with the same {same}: {reason}."
    ),
    Counted.ADDRESSES: gettext_lazy(
        "Hold an order when {times} or more delivery addresses were used within {hours} hours "
        "with the same {same}: {reason}."
    ),
}
_WHY: dict[str, Promise] = {
    RuleKind.AMOUNT_ABOVE: gettext_lazy("The order comes to {amount}."),
    RuleKind.FIRST_ORDER_ABOVE: gettext_lazy("The customer's first order comes to {amount}."),
    RuleKind.VELOCITY: gettext_lazy("{times} or more within the rule's time."),
    RuleKind.COUNTRY_MISMATCH: gettext_lazy("The bill goes to {billing}, the goods go to {shipping}."),
    RuleKind.COUNTRIES: gettext_lazy("Bill or goods go to {countries}."),
    RuleKind.ADDRESS_INCOMPLETE: gettext_lazy("Missing in the delivery address: {fields}."),
    RuleKind.PRODUCTS: gettext_lazy("In the order: {skus} {tags}"),
    RuleKind.BLOCKED_CONTACT: gettext_lazy("The customer's mail address is on the list."),
}
_FIELDS: dict[str, Promise] = {
    "country": pgettext_lazy("address", "country"),
    "line1": pgettext_lazy("address", "street"),
    "city": pgettext_lazy("address", "city"),
    "postal_code": pgettext_lazy("address", "postal code"),
}
WHAT_TO_DO: dict[str, Promise] = {
    HoldReason.AWAITING_PAYMENT: gettext_lazy("Wait for the money, or ask the customer for it."),
    HoldReason.FRAUD_REVIEW: gettext_lazy("Check customer, address and payment; then release the hold or cancel."),
    HoldReason.ADDRESS: gettext_lazy("Ask the customer for the right address; then release the hold."),
    HoldReason.OUT_OF_STOCK: gettext_lazy("Find goods, or cancel the units."),
    HoldReason.AWAITING_RETURN: gettext_lazy("Release it when the return has arrived."),
    HoldReason.CUSTOMER_REQUEST: gettext_lazy("Release it when the customer says so."),
    HoldReason.OTHER: gettext_lazy("See the note; release it when it is cleared up."),
}
_MOST = 5  # entries of a list that are named


def sentence(rule: HoldRule) -> str:
    """What the rule does, as one would say it."""
    known = _VELOCITY.get(rule.counted) if rule.kind == RuleKind.VELOCITY else _SENTENCES.get(rule.kind)
    words = str(known or "").format(
        amount=_money(rule.amount, rule.currency),
        reason=rule.get_reason_display(),
        times=rule.times,
        hours=rule.within_hours,
        same=rule.get_same_display(),
        countries=_listed(rule.countries),
        products=_listed([*rule.skus, *rule.categories, *rule.tags]),
        contacts=_listed(rule.contacts),
    )
    more = []
    if rule.only_lines:
        more.append(_("Only the lines with them wait."))
    if rule.channel_id and rule.channel:
        more.append(_("Only in {channel}.").format(channel=rule.channel.name))
    if rule.release_after_hours:
        more.append(_("After {hours} hours it goes on by itself.").format(hours=rule.release_after_hours))
    return " ".join([words, *more])


def why(hold: OrderHold) -> str:
    """Why a rule has placed this hold; empty for holds that people placed."""
    if hold.rule is None:
        return ""
    return " ".join(str(_WHY[hold.rule.kind]).format_map(_told(hold.facts)).split())


def _told(facts: Mapping[str, Any]) -> dict[str, str]:
    told = {name: _listed(value) if isinstance(value, list) else str(value) for name, value in facts.items()}
    if "amount" in facts:
        told["amount"] = _money(Decimal(facts["amount"]), facts["currency"])
    if "fields" in facts:
        told["fields"] = ", ".join(str(_FIELDS.get(name, name)) for name in facts["fields"])
    return told


def _listed(values: list[str]) -> str:
    shown = ", ".join(values[:_MOST])
    return shown if len(values) <= _MOST else f"{shown} …"


def _money(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None or not currency else Formats(get_language() or "en").money(amount, currency)
