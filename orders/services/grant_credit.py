"""Give a customer store credit as goodwill, and tell them."""

from decimal import Decimal

from orders.errors import BalanceRefused, NoAddress
from orders.events import StoreCreditGranted
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_customer
from orders.models import Channel, Customer, StoreCredit
from orders.services.balance import check_amount, credit_customer
from orders.services.notify import owe_message
from orders.states import MovementKind

TEMPLATE = "orders/mail/store_credit"


def grant_credit(
    customer_id: int, *, channel_id: int, amount: Decimal, reason: str, note: str = "", by: Actor
) -> StoreCredit:
    """Add ``amount`` in the channel's currency to what the customer has, and owe them a mail under its brand.

    Of a merged customer, whoever they are now gets it. Raises ``NotFound``, ``BalanceRefused`` and, for a customer who
    is known by no address and couldn't spend it, ``NoAddress``.
    """
    with work(by=by):
        customer = _living(customer_id)
        channel = Channel.objects.get(pk=channel_id)
        if not channel.is_active:
            raise BalanceRefused("channel: nothing is sold there any more.")
        if not customer.email:
            raise NoAddress("The customer is not known by an address, so nobody could spend the credit.")
        check_amount(amount, channel.currency)
        credit = credit_customer(
            customer.pk,
            channel.currency,
            amount,
            kind=MovementKind.GRANTED,
            reason=reason,
            note=note,
            by=by,
        )
        emit(
            StoreCreditGranted(
                order_id=None,
                store_credit=credit.public_id,
                amount=amount,
                currency=channel.currency,
                reason=reason,
            )
        )
        context = {
            "store_credit": credit.public_id,
            "shop": channel.code,
            "amount": amount,
            "currency": channel.currency,
        }
        owe_message(order_id=None, template=TEMPLATE, context=context)
        return credit


def _living(customer_id: int) -> Customer:
    """Who gets it, locked: a merge or an erasure waits, or was waited for."""
    customer = locked_customer(customer_id)
    if customer.merged_into_id is not None:
        customer = locked_customer(customer.merged_into_id)
    if customer.anonymised_at is not None:
        raise BalanceRefused("customer: this one was erased; nobody could spend the credit.")
    return customer
