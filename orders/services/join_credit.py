"""Bring the store credit of two customers together, when they turn out to be one."""

from orders.kernel.actor import Actor
from orders.locks import locked_credit
from orders.models import Customer, Payment, StoreCredit
from orders.services.balance import credit_customer
from orders.states import MovementKind


def join_credit(survivor: Customer, gone: Customer, *, by: Actor) -> None:
    """Move what ``gone`` has to ``survivor``, by currency, with the payments that may bring some of it back.

    Joins the open work; both customers and their orders are locked.
    """
    for credit in StoreCredit.objects.filter(customer=gone).order_by("currency"):
        payments = Payment.objects.select_for_update(of=("self",), no_key=True).filter(store_credit=credit)
        pks = list(payments.order_by("pk").values_list("pk", flat=True))
        mine = locked_credit(survivor.pk, credit.currency)
        theirs = locked_credit(gone.pk, credit.currency)
        Payment.objects.filter(pk__in=pks).update(store_credit=mine)
        if theirs.balance:
            for owner, amount in ((gone, -theirs.balance), (survivor, theirs.balance)):
                credit_customer(owner.pk, theirs.currency, amount, kind=MovementKind.MERGED, by=by)
