"""The official SDK, set up our way: one pinned version of the API, short waits, and no retries behind our back."""

from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from django.conf import settings

from orders.gateways.protocol import KeySpent, NoAnswer

API_VERSION = "2026-10-28.endive"
_CONNECT_SECONDS = 3.0
_READ_SECONDS = 8.0

log = structlog.get_logger(__name__)


class Refusal(Exception):
    """Stripe says no, for good: asking again under the same key only repeats it."""

    def __init__(self, error_code: str, ref: str = "") -> None:
        super().__init__(error_code)
        self.error_code = error_code[:64]
        self.ref = ref


def ask(do: Callable[[Any], Any]) -> Any:
    """What Stripe answers to ``do(client)``. Raises ``NoAnswer``, ``KeySpent`` and ``Refusal``."""
    import stripe

    try:
        return do(_client(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE))
    except stripe.CardError as error:
        raise Refusal(_code(error), _intent(error)) from error
    except stripe.IdempotencyError as error:
        raise KeySpent("used with other parameters") from error
    except stripe.InvalidRequestError as error:
        raise Refusal(_code(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("payment.no_access", gateway="stripe", code=error.code, status=error.http_status)
        raise NoAnswer("Stripe does not let us in") from error
    except stripe.StripeError as error:  # not reached, too many requests, broken: nobody knows what was done
        if (error.headers or {}).get("Idempotent-Replayed") == "true":
            raise KeySpent("a stored fault") from error
        raise NoAnswer(f"Stripe: {error.http_status or 'no connection'}") from error


def _code(error: Any) -> str:
    told = error.error
    return str(getattr(told, "decline_code", None) or error.code or "refused")


def _intent(error: Any) -> str:
    intent = getattr(error.error, "payment_intent", None)
    return str(intent["id"]) if intent else ""


@cache
def _client(api_key: str, base: str) -> Any:
    import stripe

    stripe.enable_telemetry = False
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(_CONNECT_SECONDS, _READ_SECONDS)),
    )
