"""Share an amount over the ways in which it is paid: gateways, money by hand, gift cards, store credit.

Used when an order is placed, and for each payment more. Joins the open work; what is stored with us is locked here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from orders.errors import InvalidRequest, PaymentDeclined
from orders.gateways import gateway
from orders.gateways.stored import GIFT_CARD, STORE_CREDIT, STORED
from orders.gift_codes import found_card
from orders.kernel.actor import Actor
from orders.kernel.errors import FieldError, at
from orders.kernel.money import ZERO, is_exact, text
from orders.locks import locked_values
from orders.models import GiftCard, Order, Payment, PaymentTransaction, StoreCredit
from orders.models.payment import FRESH, asked_later
from orders.requests import PayBy
from orders.services.balance import take_value
from orders.states import TransactionKind, TransactionStatus


@dataclass(frozen=True, kw_only=True)
class Tender:
    """One way to pay, and how much of it; ``value`` is the gift card or the credit that it is taken from."""

    gateway: str
    token: str
    amount: Decimal
    value: GiftCard | StoreCredit | None = None

    @property
    def asks_gateway(self) -> bool:
        """Whether somebody outside must agree."""
        return self.value is None and gateway(self.gateway).is_online

    def payment_of(self, order: Order) -> Payment:
        """The payment, not saved yet."""
        return Payment(
            order=order,
            gateway=self.gateway,
            token=self.token,
            currency=order.currency,
            amount=self.amount,
            gift_card=self.value if isinstance(self.value, GiftCard) else None,
            store_credit=self.value if isinstance(self.value, StoreCredit) else None,
        )


def tenders_of(
    wishes: Sequence[PayBy], *, total: Decimal, currency: str, customer_id: int, pointers: Sequence[str], tries_of: str
) -> list[Tender]:
    """Share ``total`` in the order of ``wishes``: one without an amount takes what is left, or as much as it has.

    What is left with nothing to pay is left out. Wrong codes count as tries of ``tries_of``. Raises ``InvalidRequest``
    when they exceed the total, and ``PaymentDeclined`` for a gift card or credit that can't pay what it should.
    """
    if not wishes:
        return []
    _check_amounts(wishes, total, currency, pointers)
    values = _values(wishes, currency, customer_id, tries_of=tries_of)
    left = total - sum((wish.amount or ZERO for wish in wishes), ZERO)
    tenders = []
    spent: dict[tuple[type, int], Decimal] = {}
    for wish, value in zip(wishes, values, strict=True):
        amount = left if wish.amount is None else wish.amount
        if value is not None and amount > ZERO:
            key = (type(value), value.pk)
            has = value.balance - spent.get(key, ZERO)
            if wish.amount is None:
                amount = min(amount, has)
            if amount <= ZERO or amount > has:
                raise _declined("There is less left on it than that.", "insufficient_balance")
            spent[key] = spent.get(key, ZERO) + amount
        if amount > ZERO:
            token = "" if wish.gateway in STORED else wish.token
            tenders.append(Tender(gateway=wish.gateway, token=token, amount=amount, value=value))
            left -= amount if wish.amount is None else ZERO
    return tenders


def insert_payments(
    order: Order, tenders: Iterable[Tender], *, asks_at: datetime | None = None, by: Actor
) -> list[PaymentTransaction]:
    """A payment for each; what is stored with us is reserved now, and what a gateway must be asked for is returned.

    The pending row is the debt: whoever made it asks the gateway at once, else the completer does. With ``asks_at``
    nothing is returned: the completer asks then.
    """
    payments, charges = [], []
    for tender in tenders:
        payment = tender.payment_of(order)
        if tender.value is not None:
            payment.authorize()
            payment.authorized_amount = tender.amount
            payment.save(force_insert=True)
            take_value(payment, tender.value, by=by)
            _reserved(payment).save(force_insert=True)
        else:
            payment.save(force_insert=True)
            if tender.asks_gateway:
                charges.append(owe_authorization(payment, asks_at=asks_at))
        payments.append(payment)
    order.remember(payments=payments)
    return charges if asks_at is None else []


def owe_authorization(payment: Payment, *, asks_at: datetime | None = None) -> PaymentTransaction:
    """The pending authorisation of a payment that was just made; its gateway is asked now, or at ``asks_at``."""
    return PaymentTransaction.objects.create(
        payment=payment,
        kind=TransactionKind.AUTHORIZATION,
        amount=payment.amount,
        idempotency_key=f"{payment.public_id}.authorize",
        due_at=asks_at or timezone.now() + FRESH,
    )


def token_errors(wishes: Sequence[PayBy], pointers: Sequence[str]) -> list[FieldError]:
    """Gateways that are asked need to know the customer's means of payment, and a gift card its code."""
    return [
        at(f"{pointer}/token", "required", "This gateway needs its token for the means of payment.")
        for wish, pointer in zip(wishes, pointers, strict=True)
        if not wish.token and wish.gateway != STORE_CREDIT and _needs_token(wish.gateway)
    ]


def _needs_token(code: str) -> bool:
    """A gateway with a page of its own lets the customer choose there."""
    provider = gateway(code)
    return provider.is_online and not provider.has_page


def _reserved(payment: Payment) -> PaymentTransaction:
    charge = PaymentTransaction(
        payment=payment,
        kind=TransactionKind.AUTHORIZATION,
        amount=payment.amount,
        idempotency_key=f"{payment.public_id}.authorize",
        finished_at=timezone.now(),
    )
    charge.succeed()
    charge.gateway_ref = charge.idempotency_key
    return charge


def _check_amounts(wishes: Sequence[PayBy], total: Decimal, currency: str, pointers: Sequence[str]) -> None:
    errors = []
    for wish, pointer in zip(wishes, pointers, strict=True):
        if wish.amount is None:
            continue
        if wish.amount <= ZERO:
            errors.append(at(f"{pointer}/amount", "too_small", "Must be more than nothing."))
        elif not is_exact(wish.amount, currency):
            errors.append(at(f"{pointer}/amount", "too_precise", f"{currency} has fewer digits."))
    most = text(total, currency)
    if not errors and sum((wish.amount or ZERO for wish in wishes), ZERO) > total:
        errors.append(at(pointers[-1], "too_large", f"Together they may pay at most {most} {currency}."))
    if errors:
        raise InvalidRequest(f"The payments can't be right; {most} {currency} are to be paid.", errors=errors)


def _values(
    wishes: Sequence[PayBy], currency: str, customer_id: int, *, tries_of: str
) -> list[GiftCard | StoreCredit | None]:
    """What each wish is taken from, locked and fit to pay; None for those that take money from elsewhere."""
    if not any(wish.gateway in STORED for wish in wishes):
        return [None] * len(wishes)
    cards = {wish.token: found_card(wish.token, tries_of=tries_of) for wish in _of(wishes, GIFT_CARD)}
    credit = None
    if any(_of(wishes, STORE_CREDIT)):
        credit = StoreCredit.objects.filter(customer_id=customer_id, currency=currency).first()
    rows = locked_values(cards=[card.pk for card in cards.values() if card], credits=[credit.pk] if credit else [])
    locked = {(type(row), row.pk): row for row in rows}
    found: list[GiftCard | StoreCredit | None] = []
    for wish in wishes:
        value: GiftCard | StoreCredit | None = None
        if wish.gateway == GIFT_CARD:
            value = _usable(cards[wish.token], currency)
        elif wish.gateway == STORE_CREDIT:
            if credit is None:
                raise _declined("The customer has no store credit in this currency.", "no_credit")
            value = credit
        found.append(None if value is None else locked[type(value), value.pk])
    return found


def _of(wishes: Sequence[PayBy], code: str) -> list[PayBy]:
    return [wish for wish in wishes if wish.gateway == code]


def _usable(card: GiftCard | None, currency: str) -> GiftCard:
    if card is None:
        raise _declined("This is no code of a gift card.", "unknown_card")
    if not card.is_usable:
        raise _declined("This gift card has expired or was disabled.", "card_unusable")
    if card.currency != currency:
        raise _declined(f"This gift card is in {card.currency}.", "wrong_currency")
    return card


def _declined(why: str, code: str) -> PaymentDeclined:
    return PaymentDeclined(f"payment: {why}", gateway_code=code)


def pending_authorizations(payments: Iterable[Payment]) -> list[PaymentTransaction]:
    """What gateways were asked for, or are, and haven't answered yet; not what they are asked for on a later day."""
    rows = PaymentTransaction.objects.filter(
        payment__in=[payment.pk for payment in payments],
        kind=TransactionKind.AUTHORIZATION,
        status=TransactionStatus.PENDING,
    )
    return list(rows.exclude(asked_later()).select_related("payment").order_by("pk"))
