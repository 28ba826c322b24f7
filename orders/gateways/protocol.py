"""What a payment gateway can do. Every call carries a key, and the same key never moves money twice."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol


class Outcome(StrEnum):
    """What the gateway said."""

    DONE = "done"
    REFUSED = "refused"
    ACTION_REQUIRED = "action_required"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The gateway's answer; ``ref`` is its own name for the operation, ``error_code`` why it refused."""

    outcome: Outcome
    ref: str = ""
    error_code: str = ""
    action_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: ``key`` is stored before it is made; ``payment`` is our public id, ``ref`` the authorisation's.

    ``return_url`` is where the gateway's own page leads back to.
    """

    key: str
    amount: Decimal
    currency: str
    payment: str
    token: str = ""
    ref: str = ""
    return_url: str = ""


class NoAnswer(Exception):
    """The gateway can't be reached or did not answer in time: nobody knows yet; ask again with the same key."""


class Gateway(Protocol):
    """One payment provider. Calls take seconds at most and raise ``NoAnswer`` when in doubt."""

    is_online: ClassVar[bool]

    def authorize(self, call: Call) -> Answer:
        """Reserve money. Without a token the customer chooses on the gateway's own page: ``ACTION_REQUIRED``."""
        ...

    def capture(self, call: Call) -> Answer:
        """Take reserved money, all or part of it."""
        ...

    def void(self, call: Call) -> Answer:
        """Give reserved money back, all or part of it."""
        ...

    def refund(self, call: Call) -> Answer:
        """Send taken money back, all or part of it."""
        ...
