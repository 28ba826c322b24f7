"""Issue a gift card, put more on it, send its code, end it."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from orders.errors import BalanceRefused, NoAddress
from orders.events import GiftCardDisabled, GiftCardIssued, GiftCardSent, GiftCardToppedUp
from orders.gift_codes import code_of, hash_of, new_code
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders_asked, locked_values
from orders.models import Channel, GiftCard
from orders.services.balance import UNUSABLE, add_value, check_amount
from orders.services.exception import resolve_exceptions
from orders.services.notify import owe_message
from orders.states import MovementKind

TEMPLATE = "orders/mail/gift_card"


def issue_gift_card(
    channel_id: int,
    *,
    amount: Decimal,
    email: str = "",
    language: str = "",
    expires_at: datetime | None = None,
    note: str = "",
    by: Actor,
) -> GiftCard:
    """Make a card of the channel's currency, and owe its code to ``email`` if there is one. Raises ``BalanceRefused``.

    Without an address the code is told to whoever issues it (``orders.gift_codes.code_of``).
    """
    with work(by=by):
        channel = Channel.objects.get(pk=channel_id)
        check_amount(amount, channel.currency)
        _check_date(expires_at)
        card = GiftCard(
            channel=channel,
            currency=channel.currency,
            email=email.lower(),
            language=language or channel.default_language,
            expires_at=expires_at,
            note=note,
            issued_by=str(by),
        )
        _give_code(card)
        card.save(force_insert=True)
        add_value(card, amount, kind=MovementKind.ISSUED, note=note, by=by)
        emit(GiftCardIssued(order_id=None, gift_card=card.public_id, amount=amount, currency=card.currency))
        if card.email:
            _owe_mail(card)
        return card


def top_up_gift_card(
    card_id: int, *, amount: Decimal | None, expires_at: datetime | None = None, note: str = "", by: Actor
) -> GiftCard:
    """Put ``amount`` more on a card, give it more time, or both. Raises ``BalanceRefused``."""
    with work(by=by):
        name = GiftCard.objects.values_list("public_id", flat=True).get(pk=card_id)
        locked_orders_asked(category=UNUSABLE, subject_id=name)
        card = _locked(card_id)
        if card.disabled_at is not None:
            raise BalanceRefused("This card is disabled; issue a new one.")
        if amount is None and expires_at is None:
            raise BalanceRefused("amount: say how much more, or give the card more time.")
        _check_date(expires_at)
        if expires_at is not None:
            card.expires_at = expires_at
            card.save(update_fields=["expires_at"])
        if not card.is_usable:
            raise BalanceRefused("expires_at: the card has expired; give it more time as well.")
        if amount is not None:
            check_amount(amount, card.currency)
            add_value(card, amount, kind=MovementKind.TOPPED_UP, note=note, by=by)
        resolve_exceptions(
            category=UNUSABLE, subject_kind="gift_card", subject_id=name, resolution="It can be used again.", by=by
        )
        emit(
            GiftCardToppedUp(
                order_id=None, gift_card=card.public_id, amount=amount or Decimal(0), currency=card.currency
            )
        )
        return card


def send_gift_card(card_id: int, *, email: str = "", with_new_code: bool = False, by: Actor) -> GiftCard:
    """Owe the code to the card's address, or to a new one; ``with_new_code`` ends a code that went astray.

    Raises ``NoAddress`` and ``BalanceRefused``.
    """
    with work(by=by):
        card = _locked(card_id)
        if not card.is_usable:
            raise BalanceRefused("Nothing can be paid with this card: it has expired or is disabled.")
        card.email = email.lower() or card.email
        if not card.email:
            raise NoAddress("email: say where to send the card.")
        is_new = with_new_code or not code_of(card)
        if is_new:
            card.code_version += 1
            _give_code(card)
        card.save(update_fields=["email", "code_version", "code_hash", "tail"])
        emit(GiftCardSent(order_id=None, gift_card=card.public_id, is_new_code=is_new))
        _owe_mail(card)
        return card


def disable_gift_card(card_id: int, *, by: Actor) -> GiftCard:
    """End a card for good; what is on it stays in the books. Raises ``BalanceRefused`` when it was ended before."""
    with work(by=by):
        card = _locked(card_id)
        if card.disabled_at is not None:
            raise BalanceRefused("This card is disabled already.")
        card.disabled_at = timezone.now()
        card.save(update_fields=["disabled_at"])
        emit(GiftCardDisabled(order_id=None, gift_card=card.public_id))
        return card


def _locked(card_id: int) -> GiftCard:
    (card,) = locked_values(cards=[card_id], credits=[])
    if not isinstance(card, GiftCard):
        raise TypeError("a gift card was asked for")
    return card


def _give_code(card: GiftCard) -> None:
    code = new_code(card.public_id, card.code_version)
    card.code_hash, card.tail = hash_of(code), code[-4:]


def _check_date(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise BalanceRefused("expires_at: give a time that is still to come.")


def _owe_mail(card: GiftCard) -> None:
    owe_message(order_id=None, template=TEMPLATE, context={"gift_card": card.public_id})
