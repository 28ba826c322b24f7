"""Who did it: named on every service call, every event and every row of history."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of people and machines that change things."""

    SYSTEM = "system"
    STAFF = "staff"
    PARTNER = "partner"
    CUSTOMER = "customer"
    CARRIER = "carrier"
    SUPPLIER = "supplier"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who acts; ``name`` is what staff read, never a customer's personal data."""

    kind: ActorKind
    name: str = ""
    id: int | None = None

    def __str__(self) -> str:
        return self.name or self.kind.value


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="system")
CUSTOMER = Actor(kind=ActorKind.CUSTOMER, name="customer")
