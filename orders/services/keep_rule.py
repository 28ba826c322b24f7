"""Keep a hold rule: make it or change it, remember what it said before, and let every process read it anew."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction

from orders.kernel.actor import Actor
from orders.kernel.event import plain
from orders.models import Channel, HoldRule, HoldRuleChange

_MACHINERY = ("id", "created_at", "updated_at")


def keep_rule(rule: HoldRule, *, by: Actor) -> HoldRule:
    """Save a new or changed rule; what its kind doesn't ask for is emptied. Counts from the next order on."""
    with transaction.atomic():  # no work: it tells no order of anything, and the page that saves has begun one
        _empty_the_rest(rule)
        before = HoldRule.objects.select_for_update().filter(pk=rule.pk).first() if rule.pk else None
        then = _columns(before) if before else {}
        rule.save()
        now = _columns(rule)
        changed = [name for name, value in now.items() if then.get(name) != value]
        if changed:
            HoldRuleChange.objects.create(
                rule=rule,
                before={name: then[name] for name in changed if name in then},
                after={name: now[name] for name in changed},
                changed_by=str(by),
            )
        _read_anew(rule.channel_id, before.channel_id if before else rule.channel_id)
        return rule


def _read_anew(*channel_ids: int | None) -> None:
    """Another version for the channels in which the rule counts or counted; None is all of them."""
    named = [pk for pk in channel_ids if pk is not None]
    channels = Channel.objects.all() if None in channel_ids else Channel.objects.filter(pk__in=named)
    channels.update(hold_rules_version=uuid4())


def _empty_the_rest(rule: HoldRule) -> None:
    asked = set(HoldRule.ASKS[rule.kind])
    for name in {name for names in HoldRule.ASKS.values() for name in names} - asked:
        field: Any = HoldRule._meta.get_field(name)
        setattr(rule, name, field.get_default())


def _columns(rule: HoldRule) -> dict[str, Any]:
    fields = [field for field in HoldRule._meta.concrete_fields if field.name not in _MACHINERY]
    return {field.name: plain(_value(rule, field)) for field in fields}


def _value(rule: HoldRule, field: Any) -> Any:
    value = field.value_from_object(rule)
    return format(Decimal(value), ".3f") if field.name == "amount" and value is not None else value
