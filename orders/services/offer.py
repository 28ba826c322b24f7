"""What a shop may order, and who orders it: the look-ups of a placement, one statement each.

A bundle brings its components along, as JSON of the product's own row: PostgreSQL looks for them only where there are
some, so the statement costs all other products nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, TextField, When
from django.db.models.functions import Cast, JSONObject

from orders.errors import (
    DuplicateExternalRef,
    ExternalRefInFlight,
    UnknownChannel,
    UnknownProduct,
    UnknownShippingMethod,
    WrongCurrency,
)
from orders.kernel.errors import DomainError, at
from orders.models import BundleComponent, Channel, Customer, Order, Partner, Product, ShippingMethod
from orders.requests import Buyer, OrderRequest
from orders.states import OrderStatus


@dataclass(frozen=True, kw_only=True)
class Offer:
    """All that a placement must look up."""

    channel: Channel
    method: ShippingMethod | None
    products: Mapping[str, Product]
    customer: Customer


@dataclass(frozen=True, kw_only=True)
class Part:
    """A component of a bundle, and how many units of it one bundle has; ``preorder_left`` None: any number."""

    product_id: int
    sku: str
    name: str
    price: Decimal
    quantity: int
    policy: tuple[str, ...]
    preorder_ships_on: date | None
    preorder_left: int | None


def look_up(request: OrderRequest, partner: Partner | None) -> Offer:
    """Channel and method, products, customer: three statements. Raises what each of them refuses."""
    channel, method = channel_and_method(request, partner)
    return Offer(
        channel=channel,
        method=method,
        products=wanted_products(request),
        customer=buying_customer(request.customer, channel),
    )


def channel_and_method(request: OrderRequest, partner: Partner | None) -> tuple[Channel, ShippingMethod | None]:
    """Both in one statement; only a refusal asks again, to say what was wrong."""
    method: ShippingMethod | None = None
    if request.shipping_method:
        offers = ShippingMethod.channels.through.objects.select_related("channel", "shippingmethod")
        offers = offers.filter(
            channel__code=request.channel,
            channel__is_active=True,
            shippingmethod__code=request.shipping_method,
            shippingmethod__is_active=True,
        )
        offer = (offers.filter(channel__partners=partner) if partner else offers).first()
        channel = offer.channel if offer else _channel(request.channel, partner)
        method = offer.shippingmethod if offer else None
        country = str(request.shipping_address.get("country", ""))
        if method is None or (method.countries and country not in method.countries):
            raise UnknownShippingMethod(
                "shipping_method: this channel doesn't offer it to that country.",
                errors=[at("#/shipping_method", "unknown_shipping_method", "Not offered here.")],
            )
    else:
        channel = _channel(request.channel, partner)
    if request.currency != channel.currency:
        raise WrongCurrency(
            f"currency: channel {channel.code} sells in {channel.currency}.",
            errors=[at("#/currency", "wrong_currency", f"Use {channel.currency}.")],
        )
    return channel, method


def _channel(code: str, partner: Partner | None) -> Channel:
    channels = Channel.objects.filter(code=code, is_active=True)
    channel = (channels.filter(partners=partner) if partner else channels).first()
    if channel is None:
        raise UnknownChannel(
            "channel: use one of the channels that your key may sell in.",
            errors=[at("#/channel", "unknown_channel", "No such channel for this key.")],
        )
    return channel


def sold_products(skus: Collection[str]) -> dict[str, Product]:
    """The products of these SKUs that are sold, by SKU, each with its ``parts``; one statement."""
    parts = BundleComponent.objects.filter(bundle=OuterRef("pk")).order_by("pk")
    as_json = JSONObject(
        product_id="component_id",
        sku="component__sku",
        name="component__name",
        price=Cast("component__price", TextField()),
        quantity="quantity",
        policy="component__out_of_stock_policy",
        preorder_ships_on="component__preorder_ships_on",
        preorder_left=F("component__preorder_cap") - F("component__preorder_taken"),
    )
    found = Product.objects.filter(sku__in=skus, is_active=True).annotate(
        components_json=Case(When(is_bundle=True, then=ArraySubquery(parts.values(json=as_json))), default=None)
    )
    return {product.sku: product for product in found}


def parts_of(product: Product) -> list[Part]:
    """The components of a product that ``sold_products`` found; none of what is no bundle."""
    rows: Sequence[Mapping[str, Any]] = getattr(product, "components_json", None) or ()
    return [
        Part(
            product_id=row["product_id"],
            sku=row["sku"],
            name=row["name"],
            price=Decimal(row["price"]),
            quantity=row["quantity"],
            policy=tuple(row["policy"]),
            preorder_ships_on=date.fromisoformat(row["preorder_ships_on"]) if row["preorder_ships_on"] else None,
            preorder_left=row["preorder_left"],
        )
        for row in rows
    ]


def wanted_products(request: OrderRequest) -> dict[str, Product]:
    """The products that the lines name, by SKU.

    Raises ``UnknownProduct`` naming each line that has none, and ``WrongCurrency`` each that has no price.
    """
    return known_products(request, sold_products({line.sku for line in request.lines}))


def known_products(request: OrderRequest, products: Mapping[str, Product]) -> dict[str, Product]:
    """Those of ``products`` that the lines name. Raises as ``wanted_products``."""
    unknown = [
        at(f"#/lines/{i}/sku", "unknown_product", "No product has this SKU.")
        for i, line in enumerate(request.lines)
        if line.sku not in products
    ]
    if unknown:
        raise UnknownProduct("lines: correct the lines named below.", errors=unknown)
    foreign = [
        at(f"#/lines/{i}/unit_price", "wrong_currency", f"The product's price is in {products[line.sku].currency}.")
        for i, line in enumerate(request.lines)
        if line.unit_price is None and products[line.sku].currency != request.currency
    ]
    if foreign:
        raise WrongCurrency("lines: say what these cost in the order's currency.", errors=foreign)
    return {line.sku: products[line.sku] for line in request.lines}


def buying_customer(buyer: Buyer, channel: Channel) -> Customer:
    """The customer of that address, made when new; what is known of an existing one stays as it is."""
    customer = Customer(
        email=buyer.email.lower(),
        name=buyer.name,
        phone=buyer.phone,
        language=buyer.language or channel.default_language,
    )
    Customer.objects.bulk_create([customer], update_conflicts=True, unique_fields=["email"], update_fields=["email"])
    return customer


def earlier_use(partner: Partner | None, external_ref: str) -> DomainError | None:
    """Why the partner can't place another order with this reference; None when it is free, or nobody's."""
    if partner is None or not external_ref:
        return None
    found = Order.objects.filter(partner=partner, external_ref=external_ref)
    order = found.exclude(status=OrderStatus.DECLINED).only("number", "status").first()
    if order is None:
        return None
    if order.status == OrderStatus.SUBMITTED:
        return ExternalRefInFlight(
            "external_ref: an order with it is being placed and waits for its payment gateway; retry shortly.",
            errors=[at("#/external_ref", ExternalRefInFlight.code, "Used by an order that isn't decided yet.")],
        )
    return DuplicateExternalRef(
        "external_ref: an order with it exists; read that one.",
        errors=[at("#/external_ref", DuplicateExternalRef.code, "Used by another order.")],
        order=order.number,
    )
