"""A gateway without money: its answers follow from the token alone, so the same key always gets the same answer.

``tok_ok``, ``tok_decline``, ``tok_requires_action`` (the customer approves on our own page),
``tok_capture_fails``, ``tok_refund_fails`` and ``tok_slow`` (answers after two seconds). Without a token the customer
chooses one of them on that page.

It keeps no books either: what it did follows from what it was asked, so ``fetch`` tells what our rows say. Three
tokens practise what happens when a gateway's books differ from ours: ``tok_lost_capture`` (it took nothing),
``tok_refunded_elsewhere`` (somebody gave all of it back on its own pages) and ``tok_expires`` (what is reserved
holds for an hour only).
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.utils import timezone

from orders.gateways.protocol import (
    ZERO,
    Answer,
    Call,
    ForgedNotice,
    Movement,
    Notice,
    Outcome,
    Standing,
    State,
)

TOKENS = frozenset(
    {
        "tok_ok",
        "tok_decline",
        "tok_requires_action",
        "tok_capture_fails",
        "tok_refund_fails",
        "tok_slow",
        "tok_lost_capture",
        "tok_refunded_elsewhere",
        "tok_expires",
    }
)
_SLOW_SECONDS = 2


class Sandbox:
    """See ``Gateway``."""

    is_online: ClassVar[bool] = True
    has_page: ClassVar[bool] = True
    holds_for: ClassVar[timedelta | None] = timedelta(days=7)

    def authorize(self, call: Call) -> Answer:
        if call.token == "tok_slow":  # noqa: S105 - a name, not a secret
            time.sleep(_SLOW_SECONDS)
        if not call.token:
            return Answer(outcome=Outcome.ACTION_REQUIRED, ref=_ref(call), action_url=_page(call))
        if call.token not in TOKENS:
            return Answer(outcome=Outcome.REFUSED, error_code="unknown_token")
        if call.token == "tok_decline":  # noqa: S105
            return Answer(outcome=Outcome.REFUSED, error_code="card_declined")
        if call.token == "tok_requires_action":  # noqa: S105
            if call.is_off_session:
                return Answer(outcome=Outcome.REFUSED, error_code="authentication_required")
            return Answer(outcome=Outcome.ACTION_REQUIRED, ref=_ref(call), action_url=_page(call))
        soon = timezone.now() + timedelta(hours=1) if call.token == "tok_expires" else None  # noqa: S105
        return Answer(outcome=Outcome.DONE, ref=_ref(call), expires_at=soon)

    def capture(self, call: Call) -> Answer:
        return self._unless("tok_capture_fails", call, "capture_failed")

    def void(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=_ref(call))

    def refund(self, call: Call) -> Answer:
        return self._unless("tok_refund_fails", call, "refund_failed")

    def fetch(self, call: Call) -> State:
        ours = call.ours or State(standing=Standing.UNKNOWN)
        if call.token == "tok_lost_capture" and ours.captured:  # noqa: S105
            return replace(ours, captured=ZERO, standing=Standing.AUTHORIZED)
        if call.token == "tok_refunded_elsewhere" and ours.captured:  # noqa: S105
            back = Movement(ref=f"{_ref(call)}_back", amount=ours.captured, outcome=Outcome.DONE)
            return replace(ours, refunded=ours.captured, refunds=(back,))
        if ours.expires_at and ours.expires_at <= timezone.now() and ours.captured < ours.authorized:
            standing = Standing.CAPTURED if ours.captured else Standing.VOIDED
            return replace(ours, authorized=ours.captured, standing=standing, error_code="expired")
        return ours

    def is_reusable(self, token: str) -> bool:
        return token in TOKENS

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:  # noqa: ARG002
        raise ForgedNotice("The sandbox sends no news.")

    def mismatch(self, notice: Notice) -> str:  # noqa: ARG002
        return ""

    def _unless(self, failing: str, call: Call, error_code: str) -> Answer:
        if call.token == failing:
            return Answer(outcome=Outcome.REFUSED, error_code=error_code)
        return Answer(outcome=Outcome.DONE, ref=_ref(call))


def _page(call: Call) -> str:
    """Our own page; it leads back as a provider's does."""
    return f"{settings.SITE_URL}/sandbox/pay/{call.payment}"


def _ref(call: Call) -> str:
    return f"sbx_{sha256(call.key.encode()).hexdigest()[:24]}"
