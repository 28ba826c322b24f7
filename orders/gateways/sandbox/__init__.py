"""A gateway without money: its answers follow from the token alone, so the same key always gets the same answer.

``tok_ok``, ``tok_decline``, ``tok_requires_action`` (the customer approves on our own page),
``tok_capture_fails``, ``tok_refund_fails`` and ``tok_slow`` (answers after two seconds).
"""

import time
from hashlib import sha256
from typing import ClassVar

from django.conf import settings

from orders.gateways.protocol import Answer, Call, Outcome

TOKENS = frozenset(
    {"tok_ok", "tok_decline", "tok_requires_action", "tok_capture_fails", "tok_refund_fails", "tok_slow"}
)
_SLOW_SECONDS = 2


class Sandbox:
    """See ``Gateway``."""

    is_online: ClassVar[bool] = True

    def authorize(self, call: Call) -> Answer:
        if call.token == "tok_slow":  # noqa: S105 - a name, not a secret
            time.sleep(_SLOW_SECONDS)
        if call.token not in TOKENS:
            return Answer(outcome=Outcome.REFUSED, error_code="unknown_token")
        if call.token == "tok_decline":  # noqa: S105
            return Answer(outcome=Outcome.REFUSED, error_code="card_declined")
        if call.token == "tok_requires_action":  # noqa: S105
            url = f"{settings.SITE_URL}/sandbox/pay/{call.payment}"
            return Answer(outcome=Outcome.ACTION_REQUIRED, ref=_ref(call), action_url=url)
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


def _ref(call: Call) -> str:
    return f"sbx_{sha256(call.key.encode()).hexdigest()[:24]}"
