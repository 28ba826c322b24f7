"""What a shop may order, and who orders it: the look-ups of a placement, one statement each."""

from collections.abc import Mapping
from dataclasses import dataclass

from orders.errors import (
    DuplicateExternalRef,
    ExternalRefInFlight,
    UnknownChannel,
    UnknownShippingMethod,
    WrongCurrency,
)
from orders.kernel.errors import DomainError, at
from orders.models import Channel, Customer, Order, Partner, Product, ShippingMethod
from orders.requests import OrderRequest
from orders.services.assortment import wanted_products
from orders.services.buyer import buying_customers, check_people
from orders.states import OrderStatus


@dataclass(frozen=True, kw_only=True)
class Offer:
    """All that a placement must look up."""

    channel: Channel
    method: ShippingMethod | None
    products: Mapping[str, Product]
    customer: Customer


def look_up(request: OrderRequest, partner: Partner | None) -> Offer:
    """Channel and method, products, customer: three statements. Raises what each of them refuses."""
    channel, method = channel_and_method(request, partner)
    products = wanted_products(request)
    check_people(request, products.values())
    (customer,) = buying_customers([(request, channel)])
    return Offer(channel=channel, method=method, products=products, customer=customer)


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
