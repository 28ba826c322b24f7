"""A customer's address book: what staff add, name, choose as default or take out. Orders fill it by themselves."""

from collections.abc import Mapping
from typing import Any

from orders.addresses import fingerprint
from orders.errors import AddressTaken, NotFound
from orders.events import CustomerChanged
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_customer
from orders.models import Customer, CustomerAddress


def save_address(
    customer_id: int,
    *,
    address: Mapping[str, Any],
    address_id: int | None = None,
    label: str = "",
    is_default_shipping: bool = False,
    is_default_billing: bool = False,
    by: Actor,
) -> CustomerAddress:
    """Add an address, or correct the one of that key; a default takes the place of the one before.

    Orders keep what they were placed with. Raises ``AddressTaken`` for one that the customer has already, ``NotFound``.
    """
    with work(by=by):
        customer = locked_customer(customer_id)
        row = _row(customer, address_id)
        row.fingerprint = fingerprint(address)
        others = CustomerAddress.objects.filter(customer=customer).exclude(pk=row.pk)
        if others.filter(fingerprint=row.fingerprint).exists():
            raise AddressTaken("line1: this address is in the customer's address book already.")
        for name, wanted in (("is_default_shipping", is_default_shipping), ("is_default_billing", is_default_billing)):
            if wanted:
                others.filter(**{name: True}).update(**{name: False})
            setattr(row, name, wanted)
        row.address, row.label = dict(address), label
        row.save()
        emit(CustomerChanged(order_id=None, customer=customer.pk, fields=("addresses",)))
        return row


def remove_address(customer_id: int, *, address_id: int, by: Actor) -> None:
    """Take it out of the book. Raises ``NotFound``."""
    with work(by=by):
        customer = locked_customer(customer_id)
        _row(customer, address_id).delete()
        emit(CustomerChanged(order_id=None, customer=customer.pk, fields=("addresses",)))


def _row(customer: Customer, address_id: int | None) -> CustomerAddress:
    if address_id is None:
        return CustomerAddress(customer=customer)
    row = CustomerAddress.objects.filter(customer=customer, pk=address_id).first()
    if row is None:
        raise NotFound("This customer has no such address.")
    return row
