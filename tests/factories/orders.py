"""Factories of the ground floor."""

from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from orders.models import BundleComponent, Channel, Customer, Order, OrderLine, Product, ShippingMethod
from orders.phones import normal_form
from orders.states import OrderStatus

ADDRESS = {
    "name": "Ada Byron",
    "company": "",
    "line1": "Hauptstr. 1",
    "line2": "",
    "city": "Berlin",
    "region": "",
    "postal_code": "10115",
    "country": "DE",
    "phone": "",
    "vat_id": "",
}


class ChannelFactory(DjangoModelFactory[Channel]):
    """The web shop; asked for twice it is the same."""

    class Meta:
        model = Channel
        django_get_or_create = ("code",)

    code = "web"
    name = "Web shop"
    currency = "EUR"
    brand_name = "Blue Mug"


class ShippingMethodFactory(DjangoModelFactory[ShippingMethod]):
    class Meta:
        model = ShippingMethod
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "standard"
    name = "Standard"
    price = Decimal("4.90")
    days_min = 1
    days_max = 3

    @factory.post_generation
    def channels(self, create: bool, extracted: Any, **_kwargs: Any) -> None:
        if create:
            self.channels.add(*(extracted or [ChannelFactory()]))  # type: ignore[attr-defined]


class CustomerFactory(DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    email = factory.Sequence(lambda n: f"ada{n}@example.com")
    name = "Ada Byron"
    phone_e164 = factory.LazyAttribute(lambda customer: normal_form(getattr(customer, "phone", ""), "DE"))


class ProductFactory(DjangoModelFactory[Product]):
    """A mug: 300 g, 100 x 80 x 60 mm, 12.50 EUR."""

    class Meta:
        model = Product

    sku = factory.Sequence(lambda n: f"MUG-{n}")
    gtin = factory.Sequence(lambda n: f"40063813{n:05d}")
    name = "Mug"
    price = Decimal("12.50")
    currency = "EUR"
    tax_rate = Decimal("0.19")
    weight_g = 300
    length_mm = 100
    width_mm = 80
    height_mm = 60


class OrderFactory(DjangoModelFactory[Order]):
    """A row in any status, without lines, stock or money: for tests that need no story before it."""

    class Meta:
        model = Order

    channel = factory.SubFactory(ChannelFactory)
    customer = factory.SubFactory(CustomerFactory)
    customer_name = factory.SelfAttribute("customer.name")
    email = factory.SelfAttribute("customer.email")
    shipping_method = factory.SubFactory(ShippingMethodFactory)
    phone_e164 = factory.LazyAttribute(lambda order: normal_form(getattr(order, "phone", ""), "DE"))
    shipping_address = factory.LazyFunction(lambda: dict(ADDRESS))
    currency = "EUR"
    status = OrderStatus.PLACED


class OrderLineFactory(DjangoModelFactory[OrderLine]):
    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    position = factory.LazyAttribute(lambda line: line.order.lines.count() + 1)
    product = factory.SubFactory(ProductFactory)
    sku = factory.SelfAttribute("product.sku")
    name = factory.SelfAttribute("product.name")
    unit_price = factory.SelfAttribute("product.price")
    tax_rate = factory.SelfAttribute("product.tax_rate")
    ordered = 1


def a_bundle(sku: str, *, price: str, parts: dict[Product, int], **product: Any) -> Product:
    """A bundle of products, each with its units in one of it."""
    bundle = ProductFactory(sku=sku, name=sku.title(), price=Decimal(price), is_bundle=True, **product)
    for part, units in parts.items():
        BundleComponent.objects.create(bundle=bundle, component=part, quantity=units)
    return bundle
