"""Which rules count for an order, and what they may be told."""

import json
from decimal import Decimal
from typing import Any

import pytest

from warehouse.planning.rule_book import RuleBook, rule_book
from warehouse.planning.sourcing_rules import DEFAULT, BadParameter, Rule, cost_of, rule_of

WEB, PHONE = 1, 2


def book(*rows: tuple[str, int | None, bool, dict[str, Any]]) -> RuleBook:
    return rule_book(json.dumps(rows))


def kinds(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.kind for rule in rules]


def test_without_any_rule_the_usual_ones_hold() -> None:
    assert rule_book(None).pipeline(None) == DEFAULT
    assert kinds(DEFAULT) == ["fewest_parcels", "priority", "closest"]


def test_those_that_are_on_in_their_order() -> None:
    kept = book(("closest", None, True, {"step_km": 50}), ("priority", None, False, {}), ("capacity", None, True, {}))
    assert kept.pipeline(WEB) == (Rule(kind="closest", step_km=50), Rule(kind="capacity"))
    assert kinds(kept.switched("priority", None).pipeline(WEB)) == ["closest", "priority", "capacity"]
    assert kinds(kept.switched("closest", None).pipeline(WEB)) == ["capacity"]


def test_a_channels_own_rule_takes_the_place_of_the_general_one() -> None:
    kept = book(
        ("closest", None, True, {}),
        ("priority", WEB, False, {}),
        ("priority", None, True, {}),
        ("capacity", PHONE, True, {}),
    )
    assert kinds(kept.pipeline(None)) == ["closest", "priority"]
    assert kinds(kept.pipeline(WEB)) == ["closest"]
    assert kinds(kept.pipeline(PHONE)) == ["closest", "priority", "capacity"]


def test_what_ships_complete_wants_one_parcel_first() -> None:
    kept = book(("closest", None, True, {}), ("fewest_parcels", None, True, {"split_lines": False}))
    whole = kept.pipeline(WEB, ships_complete=True)
    assert (kinds(whole), whole[0].split_lines) == (["fewest_parcels", "closest"], False)
    off = book(("closest", None, True, {}), ("fewest_parcels", None, False, {}))
    assert kinds(off.pipeline(WEB, ships_complete=True)) == ["fewest_parcels", "closest"]


def test_a_rule_that_was_spoilt_in_the_table_stops_no_order() -> None:
    kept = book(("closest", None, True, {"step_km": "far"}), ("cheapest", None, True, {"costs": 7}))
    assert kept.pipeline(WEB) == (Rule(kind="closest"), Rule(kind="cheapest"))


@pytest.mark.parametrize(
    ("kind", "told", "name", "code"),
    [
        ("priority", {"step_km": 1}, "step_km", "unknown"),
        ("closest", {"step_km": 0}, "step_km", "out_of_range"),
        ("closest", {"step_km": True}, "step_km", "out_of_range"),
        ("closest", {"step_km": "5"}, "step_km", "out_of_range"),
        ("capacity", {"keep_free": -1}, "keep_free", "out_of_range"),
        ("safety_stock", {"units": 0}, "units", "out_of_range"),
        ("fewest_parcels", {"split_lines": 1}, "split_lines", "not_yes_or_no"),
        ("cheapest", {"costs": []}, "costs", "not_a_table"),
        ("cheapest", {"costs": {"BER": 4}}, "costs", "not_a_table"),
        ("cheapest", {"costs": {"BER": {"DE": "dear"}}}, "costs", "not_an_amount"),
        ("cheapest", {"costs": {"BER": {"DE": "-1"}}}, "costs", "not_an_amount"),
        ("cheapest", {"costs": {"BER": {"DE": "NaN"}}}, "costs", "not_an_amount"),
    ],
)
def test_what_a_rule_can_not_be_told(kind: str, told: dict[str, Any], name: str, code: str) -> None:
    with pytest.raises(BadParameter) as bad:
        rule_of(kind, told)
    assert (bad.value.name, bad.value.code) == (name, code)


def test_what_a_parcel_costs() -> None:
    rules = (rule_of("cheapest", {"costs": {"BER": {"DE": "4.10", "*": 12}, "HAM": {"DE": "5"}}}),)
    assert cost_of(rules, code="BER", country="DE") == Decimal("4.10")
    assert cost_of(rules, code="BER", country="FR") == 12
    assert cost_of(rules, code="HAM", country="FR") == cost_of(rules, code="MUC", country="DE") == 1_000_000
    assert cost_of(DEFAULT, code="BER", country="DE") == 0
