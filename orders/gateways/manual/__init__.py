"""Money that people move: bank transfer, cash on delivery. Staff record it; giving it back is recorded too."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from orders.gateways.protocol import Answer, Call, ForgedNotice, Notice, Outcome, Standing, State

MANUAL = "manual"


class Manual:
    """See ``Gateway``. Nobody is asked: whoever records the movement has made it."""

    is_online: ClassVar[bool] = False
    has_page: ClassVar[bool] = False
    holds_for: ClassVar[timedelta | None] = None

    def authorize(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def capture(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def void(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def refund(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def fetch(self, call: Call) -> State:
        """Our own rows are the only books there are."""
        return call.ours or State(standing=Standing.UNKNOWN)

    def is_reusable(self, token: str) -> bool:  # noqa: ARG002
        return False

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:  # noqa: ARG002
        raise ForgedNotice("Nobody sends news of money that people move.")

    def mismatch(self, notice: Notice) -> str:  # noqa: ARG002
        return ""
