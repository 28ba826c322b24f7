"""Signed links to an order: whoever holds one may read the order and answer us, until the link is revoked.

The token is an HMAC of the order's public id and link version. It is stored nowhere, so nothing can leak it, and
raising the version revokes every link given out so far. ``SECRET_KEY_FALLBACKS`` keep links alive over a change of key.
"""

from base64 import urlsafe_b64encode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from orders.models import Order, Payment, PaymentLink
from orders.selectors import visible_orders
from orders.states import INVISIBLE

_SALT = "orders.links"
_PAYMENT = "orders.links.payment"
_UNSUBSCRIBE_SALT = "orders.unsubscribe"


def link_token(order: Order) -> str:
    """The token that opens this order's page now: 43 characters, safe in a URL and in a cookie."""
    return _token(order, settings.SECRET_KEY)


def status_path(order: Order) -> str:
    """The link for redirects within the site."""
    return f"{reverse('customer:order', args=[order.public_id])}?t={link_token(order)}"


def status_url(order: Order) -> str:
    """The link for mails and partners: it opens the customer's page on any device."""
    return f"{settings.SITE_URL}{status_path(order)}"


def payment_token(link: PaymentLink) -> str:
    """The token that opens the page of a payment link; it opens nothing else, and ends with the order's links."""
    return _payment_token(link, settings.SECRET_KEY)


def payment_url(link: PaymentLink) -> str:
    """The link for mails: it opens the page where the order is paid."""
    page = reverse("customer:pay", args=[link.order.public_id])
    return f"{settings.SITE_URL}{page}?link={link.public_id}&t={payment_token(link)}"


def order_payment_url(order: Order) -> str:
    """The link for mails about the order to where it is paid; it opens the order's own page, too."""
    return f"{settings.SITE_URL}{reverse('customer:pay', args=[order.public_id])}?t={link_token(order)}"


def opened_link(public_id: str, link_id: str, token: str) -> PaymentLink | None:
    """The payment link of the order that ``token`` opens, open or not; None for a wrong or revoked one."""
    links = PaymentLink.objects.select_related("order__channel", "order__customer", "order__shipping_method")
    link = links.filter(public_id=link_id, order__public_id=public_id).first()
    if link is None or link.order.status in INVISIBLE:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_valid = any(constant_time_compare(token, _payment_token(link, key)) for key in keys)
    return link if is_valid else None


def return_url(payment: Payment) -> str:
    """Where a gateway's page leads back to; the same for all calls of a payment, as its key asks for."""
    return f"{settings.SITE_URL}{return_path(payment)}"


def return_path(payment: Payment) -> str:
    """The same on this site."""
    way = reverse("customer:pay-back", args=[payment.public_id])
    return f"{way}?s={_returning(payment, settings.SECRET_KEY)}"


def is_return(payment: Payment, signature: str) -> bool:
    """Whether somebody comes back by the address that ``return_url`` gave out; revoking an order's links ends it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(signature, _returning(payment, key)) for key in keys)


def unsubscribe_url(order: Order, kind: str) -> str:
    """The link below a mail that stops mails like it: it works without a login, and opens nothing (RFC 8058)."""
    token = _unsubscribe_token(order, kind, settings.SECRET_KEY)
    return f"{settings.SITE_URL}{reverse('customer:unsubscribe', args=[order.public_id, kind, token])}"


def unsubscribing_order(public_id: str, kind: str, token: str) -> Order | None:
    """The order below whose mail the link stood; None for a wrong one. Revoked links to the order don't touch it."""
    order = visible_orders().select_related("channel", "customer").filter(public_id=public_id).first()
    if order is None:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_valid = any(constant_time_compare(token, _unsubscribe_token(order, kind, key)) for key in keys)
    return order if is_valid else None


def opened_order(public_id: str, token: str) -> Order | None:
    """The order that ``token`` opens; None for a wrong or revoked token and for an order nobody may see, all alike."""
    orders = visible_orders().select_related("channel", "customer", "shipping_method")
    order = orders.filter(public_id=public_id).first()
    if order is None:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_valid = any(constant_time_compare(token, _token(order, key)) for key in keys)
    return order if is_valid else None


def _token(order: Order, key: str | bytes) -> str:
    return _signed(_SALT, f"{order.public_id}.{order.link_version}", key)


def _payment_token(link: PaymentLink, key: str | bytes) -> str:
    return _signed(_PAYMENT, f"{link.public_id}.{link.order.link_version}", key)


def _unsubscribe_token(order: Order, kind: str, key: str | bytes) -> str:
    return _signed(_UNSUBSCRIBE_SALT, f"{order.public_id}.{kind}", key)


def _signed(salt: str, claim: str, key: str | bytes) -> str:
    digest = salted_hmac(salt, claim, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _returning(payment: Payment, key: str | bytes) -> str:
    claim = f"{payment.public_id}.{payment.order.link_version}"
    return _signed(f"{_SALT}.return", claim, key)
