"""Hold rules are kept with every change of them, and none that makes no sense."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from orders.models import Channel, HoldRule, HoldRuleChange
from orders.services.keep_rule import keep_rule
from orders.states import RuleKind
from tests.factories.orders import ChannelFactory
from tests.orders.rules import BOSS, a_rule, above, velocity

pytestmark = pytest.mark.django_db


def test_who_changed_what_and_what_it_said_before() -> None:
    rule = above("500")
    rule.refresh_from_db()
    keep_rule(rule, by=BOSS)  # nothing changed
    rule.amount, rule.is_active = Decimal("300"), False
    keep_rule(rule, by=BOSS)

    made, changed = HoldRuleChange.objects.order_by("pk")

    assert (made.before, made.after["amount"], made.after["kind"]) == ({}, "500.000", "amount_above")
    assert changed.before == {"amount": "500.000", "is_active": True}
    assert changed.after == {"amount": "300.000", "is_active": False}
    assert changed.changed_by == "boss"


def test_what_the_kind_doesnt_ask_for_is_emptied() -> None:
    rule = above("500", skus=["MUG"], times=3, contacts=["@x.example"])
    rule.refresh_from_db()
    assert (rule.skus, rule.times, rule.contacts, rule.amount) == ([], None, [], Decimal("500.000"))


def test_only_the_channels_that_it_counts_in_read_the_rules_anew() -> None:
    web, phone = ChannelFactory(), ChannelFactory(code="phone")

    def versions() -> list[object]:
        return [Channel.objects.get(pk=channel.pk).hold_rules_version for channel in (web, phone)]

    before = versions()
    rule = above(channel=web)
    then = versions()
    assert (before[0] == then[0], before[1] == then[1]) == (False, True)
    rule.channel = phone
    keep_rule(rule, by=BOSS)
    moved = versions()
    assert then[0] != moved[0]
    assert then[1] != moved[1]
    rule.channel = None
    keep_rule(rule, by=BOSS)
    assert not set(moved) & set(versions())


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (RuleKind.AMOUNT_ABOVE, {"amount": None, "currency": "EUR"}),
        (RuleKind.FIRST_ORDER_ABOVE, {"amount": 5, "currency": ""}),
        (RuleKind.VELOCITY, {"counted": "orders", "same": "email", "times": None, "within_hours": 1}),
        (RuleKind.VELOCITY, {"counted": "orders", "same": "", "times": 2, "within_hours": 1}),
        (RuleKind.VELOCITY, {"counted": "orders", "same": "email", "times": 1, "within_hours": 1}),
    ],
)
def test_the_database_keeps_no_rule_without_what_it_needs(kind: RuleKind, columns: dict[str, object]) -> None:
    version = ChannelFactory().hold_rules_version
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldRule.objects.create(name="x", kind=kind, **columns)
    assert not HoldRule.objects.exists()
    assert Channel.objects.get().hold_rules_version == version


def test_two_rules_dont_share_a_name() -> None:
    velocity()
    with pytest.raises(IntegrityError):
        a_rule(RuleKind.COUNTRY_MISMATCH, name="velocity")
