"""The merchant's rules as they are kept, made into the pipeline of one order."""

import json
from functools import lru_cache
from typing import Any

from warehouse.planning.sourcing_rules import DEFAULT, PARCELS, BadParameter, Rule, rule_of

# kind, channel (None: all), whether it is on, its parameters; in their order.
Kept = tuple[str, int | None, bool, Rule]


class RuleBook:
    """All rules, in their order; without any the default ones hold."""

    def __init__(self, kept: tuple[Kept, ...]) -> None:
        self._kept = kept
        self._known: dict[tuple[int | None, bool], tuple[Rule, ...]] = {}

    def pipeline(self, channel_id: int | None, *, ships_complete: bool = False) -> tuple[Rule, ...]:
        """The rules that count in a channel: its own ones take the place of the general ones of their kind.

        An order that ships complete wants one parcel before all else.
        """
        key = (channel_id, ships_complete)
        if key not in self._known:
            rules = self._of(channel_id)
            if ships_complete:
                first = next((rule for rule in rules if rule.kind == PARCELS), Rule(kind=PARCELS))
                rules = (first, *(rule for rule in rules if rule.kind != PARCELS))
            self._known[key] = rules
        return self._known[key]

    def switched(self, kind: str, channel_id: int | None) -> "RuleBook":
        """The same with one rule on that is off, or off that is on."""
        return RuleBook(
            tuple(
                (each, channel, is_on != ((each, channel) == (kind, channel_id)), rule)
                for each, channel, is_on, rule in self._kept
            )
        )

    def _of(self, channel_id: int | None) -> tuple[Rule, ...]:
        if not self._kept:
            return DEFAULT
        own = {kind for kind, channel, _on, _rule in self._kept if channel is not None and channel == channel_id}
        counting = (row for row in self._kept if row[1] == channel_id or (row[1] is None and row[0] not in own))
        return tuple(rule for _kind, _channel, is_on, rule in counting if is_on)


@lru_cache(maxsize=16)
def rule_book(kept: str | None) -> RuleBook:
    """The rules, from their JSON: rows of kind, channel, on or off, parameters. None: there are none."""
    rows = json.loads(kept) if kept else []
    return RuleBook(tuple((kind, channel, is_on, _believed(kind, told)) for kind, channel, is_on, told in rows))


def _believed(kind: str, told: dict[str, Any]) -> Rule:
    """The rule; one whose parameters were spoilt past the service goes without them: orders must be placed."""
    try:
        return rule_of(kind, told)
    except (BadParameter, TypeError):
        return Rule(kind=kind)
