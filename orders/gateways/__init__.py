"""Payment gateways: one folder each, do and undo side by side. ``settings.PAYMENT_GATEWAYS`` lists them."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from orders.errors import UnknownGateway
from orders.gateways.protocol import Gateway


@cache
def gateway(code: str) -> Gateway:
    """The gateway of that code. Raises ``UnknownGateway``."""
    path = settings.PAYMENT_GATEWAYS.get(code)
    if path is None:
        known = ", ".join(sorted(settings.PAYMENT_GATEWAYS))
        raise UnknownGateway(f"payment.gateway: use one of {known}.")
    made: Gateway = import_string(path)()
    return made


@cache
def online() -> tuple[str, ...]:
    """The codes of the gateways that can be asked to move money; the others' money is moved by people."""
    return tuple(code for code in settings.PAYMENT_GATEWAYS if gateway(code).is_online)
