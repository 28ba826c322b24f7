"""Move the balance of a gift card or of store credit: nothing changes it without a row of the ledger.

Joins the open work; the balance is locked, after its order and payment.
"""

from decimal import Decimal

from orders.errors import BalanceRefused
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, is_exact, text
from orders.locks import locked_credit, locked_values
from orders.models import BalanceMovement, GiftCard, Payment, Refund, StoreCredit
from orders.services.exception import open_exception
from orders.states import MovementKind

Value = GiftCard | StoreCredit

# Of the exceptions queue.
UNUSABLE = "gift_card_unusable"


def check_amount(amount: Decimal, currency: str) -> None:
    """Raises ``BalanceRefused`` unless it is money of that currency, and some."""
    if amount <= 0 or not is_exact(amount, currency):
        raise BalanceRefused(f"amount: give a positive amount in {currency}.")


def take_value(payment: Payment, value: Value, *, by: Actor) -> None:
    """Reserve the payment's amount on what it is taken from; the caller has seen that there is enough."""
    _move(value, -payment.amount, MovementKind.RESERVED, payment=payment, by=by)


def give_value_back(payment: Payment, amount: Decimal, *, kind: MovementKind, refund: Refund | None, by: Actor) -> None:
    """Put back what a payment had taken. On a card that can't be used any more a person is asked to replace it."""
    (value,) = locked_values(cards=[payment.gift_card_id], credits=[payment.store_credit_id])
    _move(value, amount, kind, payment=payment, refund=refund, by=by)
    if isinstance(value, GiftCard) and not value.is_usable:
        open_exception(
            order_id=payment.order_id,
            category=UNUSABLE,
            subject_kind="gift_card",
            subject_id=value.public_id,
            facts={"amount": text(amount, payment.currency), "currency": payment.currency},
            by=by,
        )


def credit_customer(
    customer_id: int,
    currency: str,
    amount: Decimal,
    *,
    kind: MovementKind,
    refund: Refund | None = None,
    reason: str = "",
    note: str = "",
    by: Actor,
) -> StoreCredit:
    """Give a customer more store credit; their first amount in a currency opens it."""
    credit = locked_credit(customer_id, currency)
    _move(credit, amount, kind, refund=refund, reason=reason, note=note, by=by)
    return credit


def add_value(card: GiftCard, amount: Decimal, *, kind: MovementKind, note: str = "", by: Actor) -> None:
    """Put more on a gift card."""
    _move(card, amount, kind, note=note, by=by)


def _move(
    value: Value,
    amount: Decimal,
    kind: MovementKind,
    *,
    payment: Payment | None = None,
    refund: Refund | None = None,
    reason: str = "",
    note: str = "",
    by: Actor,
) -> None:
    if value.balance + amount < ZERO:
        raise BalanceRefused("Less than that is left.")
    value.balance += amount
    value.save(update_fields=["balance"])
    BalanceMovement.objects.create(
        gift_card=value if isinstance(value, GiftCard) else None,
        store_credit=value if isinstance(value, StoreCredit) else None,
        kind=kind,
        amount=amount,
        payment=payment,
        refund=refund,
        reason=reason,
        note=note,
        actor_kind=by.kind,
        actor_name=str(by)[:150],
    )
