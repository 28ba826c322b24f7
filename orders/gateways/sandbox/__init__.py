"""A gateway without money: its answers follow from the token alone, so the same key always gets the same answer.

``tok_ok``, ``tok_decline``, ``tok_requires_action`` (the customer approves on our own page),
``tok_capture_fails``, ``tok_refund_fails`` and ``tok_slow`` (answers after two seconds). Without a token the customer
chooses one of them on that page.
"""

import time
from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.core import signing

from orders.gateways.protocol import Answer, Call, Outcome

TOKENS = frozenset(
    {"tok_ok", "tok_decline", "tok_requires_action", "tok_capture_fails", "tok_refund_fails", "tok_slow"}
)
RETURN = "orders.gateways.sandbox"
_SLOW_SECONDS = 2


class Sandbox:
    """See ``Gateway``."""

    is_online: ClassVar[bool] = True

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
            return Answer(outcome=Outcome.ACTION_REQUIRED, ref=_ref(call), action_url=_page(call))
        return Answer(outcome=Outcome.DONE, ref=_ref(call))

    def capture(self, call: Call) -> Answer:
        return self._unless("tok_capture_fails", call, "capture_failed")

    def void(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=_ref(call))

    def refund(self, call: Call) -> Answer:
        return self._unless("tok_refund_fails", call, "refund_failed")

    def _unless(self, failing: str, call: Call, error_code: str) -> Answer:
        if call.token == failing:
            return Answer(outcome=Outcome.REFUSED, error_code=error_code)
        return Answer(outcome=Outcome.DONE, ref=_ref(call))


def _page(call: Call) -> str:
    """Our own page; it leads back to where the payment began, which is signed, so that it leads nowhere else."""
    page = f"{settings.SITE_URL}/sandbox/pay/{call.payment}"
    return f"{page}?back={signing.dumps(call.return_url, salt=RETURN)}" if call.return_url else page


def _ref(call: Call) -> str:
    return f"sbx_{sha256(call.key.encode()).hexdigest()[:24]}"
