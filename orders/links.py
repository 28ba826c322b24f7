"""Signed links to an order: whoever holds one may read the order and answer us, until the link is revoked.

The token is an HMAC of the order's public id and link version. It is stored nowhere, so nothing can leak it, and
raising the version revokes every link given out so far. ``SECRET_KEY_FALLBACKS`` keep links alive over a change of key.
"""

from base64 import urlsafe_b64encode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from orders.models import Order
from orders.selectors import visible_orders

_SALT = "orders.links"
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


def _unsubscribe_token(order: Order, kind: str, key: str | bytes) -> str:
    return _signed(_UNSUBSCRIBE_SALT, f"{order.public_id}.{kind}", key)


def _signed(salt: str, claim: str, key: str | bytes) -> str:
    digest = salted_hmac(salt, claim, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
