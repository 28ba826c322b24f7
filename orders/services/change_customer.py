"""Set a customer's own record right: what staff correct, and what customers want to hear from us."""

from collections.abc import Collection, Sequence
from typing import Any

from orders.errors import InvalidRequest, NotMergeable
from orders.events import CustomerChanged, PreferencesChanged
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_customer
from orders.models import Customer
from orders.phones import is_nonsense, normal_form
from orders.preferences import EMAIL, REFUSABLE, Preferences
from orders.states import MessageKind, SubstituteWish


def change_customer(
    customer_id: int, *, name: str, phone: str, country: str = "", language: str, tags: Sequence[str], by: Actor
) -> Customer:
    """Name, phone (read as one of ``country``), language and tags. Raises ``InvalidRequest`` for no phone at all."""
    if is_nonsense(phone):
        raise InvalidRequest("phone: there is no digit in it.")
    with work(by=by):
        customer = _living(customer_id)
        wanted: dict[str, Any] = {"name": name, "phone": phone, "language": language, "tags": list(tags)}
        changed = [field for field, value in wanted.items() if getattr(customer, field) != value]
        if not changed:
            return customer
        for field in changed:
            setattr(customer, field, wanted[field])
        if "phone" in changed:
            customer.phone_e164 = normal_form(phone, country)
        customer.save(update_fields=[*changed, "phone_e164"])
        emit(CustomerChanged(order_id=None, customer=customer.pk, fields=tuple(changed)))
        return customer


def set_preferences(
    customer_id: int, *, refused: Collection[str], substitutes: SubstituteWish | None = None, by: Actor
) -> Customer:
    """From now on messages of the kinds ``refused`` aren't sent, all others are; None leaves the wish as it is.

    Raises ``InvalidRequest`` for a kind that can't be refused.
    """
    if not set(refused) <= set(REFUSABLE):
        raise InvalidRequest("refused: messages about the order itself can't be refused.")
    with work(by=by):
        customer = _living(customer_id)
        before = Preferences.of(customer.notification_preferences)
        wish = before.substitutes if substitutes is None else substitutes
        after = Preferences(substitutes=wish).without(refused, channel=EMAIL)
        if after == before:
            return customer
        customer.notification_preferences = after.kept
        customer.save(update_fields=["notification_preferences"])
        kinds = tuple(kind.value for kind in REFUSABLE if kind in refused)
        emit(PreferencesChanged(order_id=None, customer=customer.pk, refused=kinds, substitutes=wish.value))
        return customer


def refuse_messages(customer_id: int, *, kind: MessageKind, by: Actor) -> Customer:
    """One kind more that isn't sent: the link below a mail. Refused twice it is refused."""
    with work(by=by):
        customer = _living(customer_id)
        known = {k for channel, k in Preferences.of(customer.notification_preferences).refused if channel == EMAIL}
        return set_preferences(customer_id, refused=known | {kind.value}, by=by)


def _living(customer_id: int) -> Customer:
    customer = locked_customer(customer_id)
    if customer.merged_into_id is not None:
        raise NotMergeable("This customer was merged into another one; change that one.")
    return customer
