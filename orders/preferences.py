"""What a customer wants to hear from us, and how: a closed schema, kept as JSON on the customer. Pure.

Messages about the order itself, its money and its returns can't be refused: the confirmation, the right to withdraw,
refunds and credit notes are owed by law (Consumer Rights Directive 2011/83/EU, art. 8 and 11), and codes, links and
payments that wait for approval are answers to what the customer just did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orders.states import MessageKind, SubstituteWish

EMAIL = "email"
CHANNELS = (EMAIL,)
REFUSABLE = (MessageKind.DELIVERY, MessageKind.PROMISE, MessageKind.FEEDBACK)


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What is refused, by channel, and what may be sent instead of something that is out of stock."""

    refused: frozenset[tuple[str, str]] = frozenset()
    substitutes: SubstituteWish = SubstituteWish.ASK

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> "Preferences":
        """From the JSON of a customer; what isn't in the schema (an older one's, say) counts for nothing."""
        told = kept or {}
        refused = frozenset(
            (channel, kind.value)
            for channel in CHANNELS
            for kind in REFUSABLE
            if isinstance(told.get(channel), Mapping) and told[channel].get(kind.value) is False
        )
        wish = told.get("substitutes")
        return cls(
            refused=refused,
            substitutes=SubstituteWish(wish) if wish in SubstituteWish.values else SubstituteWish.ASK,
        )

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON: every channel with every kind that may be refused, and the wish."""
        wanted = {
            channel: {kind.value: self.wants(kind, channel=channel) for kind in REFUSABLE} for channel in CHANNELS
        }
        return {**wanted, "substitutes": self.substitutes.value}

    def wants(self, kind: str, *, channel: str = EMAIL) -> bool:
        """Whether a message of this kind may be sent."""
        return (channel, kind) not in self.refused

    def without(self, kinds: Iterable[str], *, channel: str = EMAIL) -> "Preferences":
        """The same, with these kinds refused on a channel, and no others of it. Others than REFUSABLE can't be."""
        elsewhere = {each for each in self.refused if each[0] != channel}
        refused = {(channel, kind) for kind in kinds if kind in REFUSABLE}
        return Preferences(refused=frozenset(elsewhere | refused), substitutes=self.substitutes)
