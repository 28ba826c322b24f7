"""Who holds value with us, for mails about no order: whom to write to, in which language, under which brand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orders.gift_codes import code_of
from orders.models import Channel, GiftCard, StoreCredit


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The reader of such a mail, and what its templates need; ``secrets`` aren't kept once it was sent."""

    email: str
    language: str
    channel: Channel
    context: Mapping[str, Any]
    secrets: tuple[str, ...] = ()


def holder_of(stored: Mapping[str, Any]) -> Holder | None:
    """The holder of the ``gift_card`` or ``store_credit`` that a message is about; None when it is about neither."""
    if "gift_card" in stored:
        return _of_card(GiftCard.objects.select_related("channel").get(public_id=stored["gift_card"]))
    if "store_credit" in stored:
        credit = StoreCredit.objects.select_related("customer").get(public_id=stored["store_credit"])
        return _of_credit(credit, Channel.objects.get(code=stored["shop"]))
    return None


def _of_card(card: GiftCard) -> Holder:
    code = code_of(card)
    context = {"card": card, "code": code}
    return Holder(email=card.email, language=card.language, channel=card.channel, context=context, secrets=(code,))


def _of_credit(credit: StoreCredit, shop: Channel) -> Holder:
    customer = credit.customer
    context = {"credit": credit, "customer_name": customer.name}
    return Holder(email=customer.email or "", language=customer.language, channel=shop, context=context)
