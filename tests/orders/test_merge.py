"""Two customers who are one person become one; nothing of either is lost, and later orders find the survivor."""

from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from orders.errors import NotMergeable
from orders.kernel.actor import SYSTEM
from orders.models import Customer, CustomerAddress, Order, OrderEvent
from orders.requests import Buyer, WantedLine
from orders.services.erase import erase_customer
from orders.services.merge import HANDLED, MOVED, merge_customers
from orders.services.place import place_order
from orders.services.save_address import save_address
from tests.factories.orders import ADDRESS, CustomerFactory, OrderFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import stocked
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_way_to_a_customer_is_one_that_a_merge_knows() -> None:
    """A new foreign key to Customer belongs into MOVED, or needs code of its own and a name in HANDLED."""
    known = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) is Customer and getattr(field, "concrete", False)
    }
    assert known == {*MOVED, *HANDLED}


def test_orders_and_addresses_go_over_and_a_tombstone_stays() -> None:
    survivor = CustomerFactory(name="", phone="", tags=["vip"], notification_preferences={"email": {"feedback": False}})
    gone = CustomerFactory(
        name="Grace Hopper",
        phone="0151 12345678",
        tags=["vip", "press"],
        notification_preferences={"email": {"promise": False}, "substitutes": "never_accept"},
    )
    mine, theirs = OrderFactory(customer=survivor), OrderFactory(customer=gone)
    save_address(survivor.pk, address=ADDRESS, is_default_shipping=True, by=SYSTEM)
    save_address(gone.pk, address=ADDRESS, label="Home", by=SYSTEM)
    other = save_address(gone.pk, address=ADDRESS | {"line1": "Ring 2"}, is_default_shipping=True, by=SYSTEM)

    merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)

    assert set(Order.objects.filter(customer=survivor)) == {mine, theirs}
    books = CustomerAddress.objects.filter(customer=survivor).order_by("pk")
    assert [(row.address["line1"], row.label, row.is_default_shipping) for row in books] == [
        ("Hauptstr. 1", "Home", True),
        ("Ring 2", "", False),
    ]
    assert CustomerAddress.objects.filter(customer=gone).count() == 0
    assert books[1].pk == other.pk
    survivor.refresh_from_db()
    gone.refresh_from_db()
    assert (survivor.name, survivor.phone, survivor.phone_e164) == ("Grace Hopper", "0151 12345678", "+4915112345678")
    assert survivor.tags == ["vip", "press"]
    assert survivor.notification_preferences == {
        "email": {"delivery": True, "promise": False, "feedback": False},
        "substitutes": "never_accept",
    }
    assert (gone.merged_into, gone.merged_at is not None) == (survivor, True)
    assert gone.email
    events = OrderEvent.objects.filter(type__in=["customer.merged", "customer.absorbed"]).order_by("type")
    assert [event.data for event in events] == [
        {"customer": gone.pk, "into": survivor.pk},
        {"customer": survivor.pk, "absorbed": gone.pk, "orders": 1},
    ]


def test_later_orders_by_the_old_address_are_the_survivors() -> None:
    ShippingMethodFactory()
    product = stocked(ProductFactory())
    first, second, third = (CustomerFactory(email=f"{name}@example.com") for name in ("one", "two", "three"))
    merge_customers(second.pk, absorbed=first.pk, by=SYSTEM)
    merge_customers(third.pk, absorbed=second.pk, by=SYSTEM)
    assert set(Customer.objects.filter(merged_into=third)) == {first, second}
    wanted = an_order(WantedLine(sku=product.sku, quantity=1), customer=Buyer(email="One@example.com", name="Ada"))

    order = place_order(wanted, by=SYSTEM)

    assert (order.customer_id, order.email) == (third.pk, "one@example.com")
    assert Customer.objects.count() == 3
    assert CustomerAddress.objects.get().customer_id == third.pk


def refused(into: int, absorbed: int, sentence: str) -> None:
    before: list[Any] = [*Customer.objects.order_by("pk").values(), *Order.objects.order_by("pk").values()]
    events = OrderEvent.objects.count()
    with pytest.raises(NotMergeable) as refusal:
        merge_customers(into, absorbed=absorbed, by=SYSTEM)
    assert refusal.value.detail == sentence
    assert [*Customer.objects.order_by("pk").values(), *Order.objects.order_by("pk").values()] == before
    assert OrderEvent.objects.count() == events


def test_what_cant_be_merged() -> None:
    one, other, third = CustomerFactory.create_batch(3)
    OrderFactory(customer=other, status="cancelled")
    refused(one.pk, one.pk, "absorbed: choose another customer than the one to keep.")
    refused(one.pk, 10**9, "absorbed: there is no such customer.")
    merge_customers(one.pk, absorbed=other.pk, by=SYSTEM)
    twice = "absorbed: one of the two was merged into another customer before."
    refused(third.pk, other.pk, twice)
    refused(other.pk, third.pk, twice)
    erase_customer(one.pk, by=SYSTEM)
    refused(third.pk, one.pk, "absorbed: one of the two was erased; nobody knows any more who it was.")


def test_an_address_used_by_both_was_last_used_when_it_was() -> None:
    survivor, gone = CustomerFactory(), CustomerFactory()
    now = timezone.now()
    for customer, at in ((survivor, None), (gone, now)):
        row = save_address(customer.pk, address=ADDRESS, by=SYSTEM)
        CustomerAddress.objects.filter(pk=row.pk).update(last_used_at=at)
    merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)
    assert CustomerAddress.objects.get().last_used_at == now
