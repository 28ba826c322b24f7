"""Gift cards and store credit, made by the services that make them."""

from decimal import Decimal
from typing import Any

from orders.kernel.actor import Actor, ActorKind
from orders.models import Customer, GiftCard, StoreCredit
from orders.services.gift_card import issue_gift_card
from orders.services.grant_credit import grant_credit
from tests.factories.orders import ChannelFactory

ANN = Actor(kind=ActorKind.STAFF, name="ann")


def a_card(amount: str = "10.00", **more: Any) -> GiftCard:
    """A gift card of the web shop."""
    return issue_gift_card(ChannelFactory().pk, amount=Decimal(amount), by=ANN, **more)


def credit_of(email: str, amount: str = "10.00") -> StoreCredit:
    """Goodwill for the customer of that address, who is made when new."""
    customer, _ = Customer.objects.get_or_create(email=email, defaults={"name": "Ada Byron"})
    return grant_credit(customer.pk, channel_id=ChannelFactory().pk, amount=Decimal(amount), reason="goodwill", by=ANN)
