"""What a payment gateway can do. Every call carries a key, and the same key never moves money twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol

ZERO = Decimal(0)


class Outcome(StrEnum):
    """What the gateway said."""

    DONE = "done"
    REFUSED = "refused"
    ACTION_REQUIRED = "action_required"
    PENDING = "pending"  # it took the order, and tells later what became of it


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The gateway's answer; ``ref`` is its own name for the operation, ``error_code`` why it refused.

    ``page_ref`` names its own page where the customer pays. ``expires_at``: until when an authorisation holds.
    ``released``: what else fell away with a capture, where the gateway captures an authorisation only once.
    ``is_final``: a no that asking again can't change.
    """

    outcome: Outcome
    ref: str = ""
    error_code: str = ""
    action_url: str = ""
    page_ref: str = ""
    expires_at: datetime | None = None
    released: Decimal = ZERO
    is_final: bool = False


class Standing(StrEnum):
    """How a payment stands at the gateway."""

    UNKNOWN = "unknown"  # it has never heard of it, or not yet
    PENDING = "pending"
    ACTION_REQUIRED = "action_required"
    AUTHORIZED = "authorized"  # some of it is still reserved
    CAPTURED = "captured"  # nothing is reserved any more, and some of it was taken
    VOIDED = "voided"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A refund that the gateway knows of; ``key`` is ours when we asked for it, empty when somebody else did."""

    ref: str
    amount: Decimal
    outcome: Outcome
    key: str = ""
    error_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Money that the customer's bank took back, or asks for."""

    ref: str
    amount: Decimal
    reason: str = ""
    answer_by: datetime | None = None
    is_withdrawn: bool = True  # the money has left us
    needs_answer: bool = True
    is_won: bool = False
    is_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class State:
    """What the gateway knows of one payment, in the payment's currency.

    ``authorized`` counts what was captured, ``refunded`` doesn't count what banks took back. ``captures`` holds
    what became of our captures by key, as far as the gateway can tell; a key that it lacks was never carried out.
    """

    standing: Standing
    currency: str = ""
    authorized: Decimal = ZERO
    captured: Decimal = ZERO
    refunded: Decimal = ZERO
    expires_at: datetime | None = None
    ref: str = ""
    page_ref: str = ""
    action_url: str = ""
    error_code: str = ""
    captures: Mapping[str, Answer] = field(default_factory=dict)
    refunds: tuple[Movement, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: ``key`` is stored before it is made; ``payment`` is our public id, ``ref`` the authorisation's.

    ``rest`` is what else stays reserved when this capture or void is done. ``about`` is what the customer reads
    on a page of the gateway's (the order's number), ``return_url`` where that leads back to. ``is_off_session``: the
    customer isn't there to be asked. ``ours`` is what our own rows
    say; only a gateway that keeps no books, such as the sandbox, reads it.
    """

    key: str
    amount: Decimal
    currency: str
    payment: str
    token: str = ""
    ref: str = ""
    page_ref: str = ""
    rest: Decimal = ZERO
    about: str = ""
    return_url: str = ""
    is_off_session: bool = False
    ours: State | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """News that a gateway sent by itself, as far as it is kept: what it is about, and nothing about people.

    ``facts`` are plain JSON values: ``amount`` (text), ``currency``, ``account``, ``is_live``.
    """

    event_id: str
    type: str
    payment: str = ""  # our public id, where the gateway was told it
    ref: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


class NoAnswer(Exception):
    """The gateway can't be reached or did not answer in time: nobody knows yet; ask again with the same key."""


class KeySpent(Exception):
    """The gateway keeps a fault under this key and would only repeat it: once it says that nothing was done, a new
    key is right."""


class ForgedNotice(Exception):
    """News that the gateway did not sign, or long ago; ``args[0]`` says what is wrong."""


class Gateway(Protocol):
    """One payment provider. Calls take seconds at most and raise ``NoAnswer`` when in doubt."""

    is_online: ClassVar[bool]
    has_page: ClassVar[bool]  # whether the customer may choose how to pay on a page of its own: an empty token
    holds_for: ClassVar[timedelta | None]  # how long an authorisation holds when the gateway doesn't say

    def authorize(self, call: Call) -> Answer:
        """Reserve money. Without a token the customer chooses on the gateway's own page: ``ACTION_REQUIRED``."""
        ...

    def capture(self, call: Call) -> Answer:
        """Take reserved money, all or part of it."""
        ...

    def void(self, call: Call) -> Answer:
        """Give reserved money back, all or part of it; of a payment that was never made: close it."""
        ...

    def refund(self, call: Call) -> Answer:
        """Send taken money back, all or part of it."""
        ...

    def fetch(self, call: Call) -> State:
        """What the gateway knows of the payment; ``key`` and ``amount`` are those of its authorisation."""
        ...

    def is_reusable(self, token: str) -> bool:
        """Whether money may be reserved on the token once more without the customer."""
        ...

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:
        """News that it sent, once its signature is checked. Raises ``ForgedNotice``."""
        ...

    def mismatch(self, notice: Notice) -> str:
        """Why the news can't be about our account; empty when it can."""
        ...
