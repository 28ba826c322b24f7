"""Stripe's webhooks: checked against the raw body, then reduced to what they are about. Names and addresses go."""

import json
from typing import Any

from django.conf import settings

from orders.gateways.protocol import ForgedNotice, Notice
from orders.gateways.stripe.amounts import from_units

_TOLERANCE_SECONDS = 300
_ABOUT_PAYMENTS = frozenset(["payment_intent", "charge", "refund", "dispute", "checkout.session"])


def read(body: bytes, signature: str) -> Notice:
    """An event with a valid signature of one of our secrets (two while they rotate), made within five minutes."""
    from stripe import SignatureVerificationError, WebhookSignature

    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            WebhookSignature.verify_header(body, signature, secret, _TOLERANCE_SECONDS)
            return _reduced(body)
        except SignatureVerificationError:
            continue
    raise ForgedNotice("The signature is missing, wrong or too old.")


def mismatch(notice: Notice) -> str:
    """Events of another account, or of the other one of live and test mode, aren't about our payments."""
    account, is_live = notice.facts.get("account"), notice.facts.get("is_live")
    if account and account != settings.STRIPE_ACCOUNT:
        return f"It is about the account {account}."
    if is_live is not settings.STRIPE_API_KEY.startswith(("sk_live_", "rk_live_")):
        return "It is live, and our key is for tests." if is_live else "It is a test, and our key is live."
    return ""


def _reduced(body: bytes) -> Notice:
    if b"\\u0000" in body:  # nothing that we keep could hold it
        raise ForgedNotice("The body is no event.")
    try:
        event: dict[str, Any] = json.loads(body)
        thing: dict[str, Any] = event["data"]["object"]
        is_ours = thing.get("object") in _ABOUT_PAYMENTS
        return Notice(
            event_id=str(event["id"])[:255],
            type=str(event["type"])[:100],
            payment=str((thing.get("metadata") or {}).get("payment") or "")[:24] if is_ours else "",
            ref=_ref(thing)[:255] if is_ours else "",
            facts={
                "object": str(thing.get("id", ""))[:255],
                "account": event.get("account") or "",
                "is_live": bool(event.get("livemode")),
                **_money(thing),
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ForgedNotice("The body is no event.") from error


def _ref(thing: dict[str, Any]) -> str:
    """The intent that it belongs to; of a page that has none yet, the page."""
    if thing.get("object") == "payment_intent":
        return str(thing["id"])
    return str(thing.get("payment_intent") or thing.get("id") or "")


def _money(thing: dict[str, Any]) -> dict[str, str]:
    """What the whole payment is worth; a refund's or a dispute's own amount may be any part of it."""
    field = {"payment_intent": "amount", "checkout.session": "amount_total"}.get(str(thing.get("object")), "")
    currency, amount = str(thing.get("currency") or "").upper(), thing.get(field)
    if not currency or not isinstance(amount, int):
        return {}
    return {"currency": currency, "amount": format(from_units(amount, currency), "f")}
