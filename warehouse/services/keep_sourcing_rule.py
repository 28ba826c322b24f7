"""Keep a rule of sourcing: make it or change it; it counts from the next decision on, in every process."""

from django.utils.translation import gettext as _

from orders.kernel.errors import at
from warehouse.errors import InvalidRule
from warehouse.models import SourcingRule, Warehouse
from warehouse.planning.sourcing_rules import ANYWHERE, CHEAPEST, BadParameter, rule_of


def keep_sourcing_rule(rule: SourcingRule) -> SourcingRule:
    """Save a new or changed rule. Raises ``InvalidRule`` when it is told what its kind doesn't ask, or nonsense."""
    check_rule(rule)
    rule.save()
    return rule


def drop_sourcing_rule(rule: SourcingRule) -> None:
    """Let the general rule count in this channel again. Raises ``InvalidRule`` for a general rule."""
    if rule.channel_id is None:
        raise InvalidRule(_("A general rule is switched off, not deleted."))
    rule.delete()


def check_rule(rule: SourcingRule) -> None:
    """Raises ``InvalidRule``, pointing at the parameter."""
    try:
        rule_of(rule.kind, rule.parameters)
    except BadParameter as bad:
        raise _refused(bad.name, _words(bad)) from None
    if rule.kind == CHEAPEST:
        _check_costs(rule)


def _check_costs(rule: SourcingRule) -> None:
    costs = rule.parameters.get("costs", {})
    if rule.is_active and not costs:
        raise _refused("costs", _("Say what a parcel costs, or switch the rule off."))
    known = set(Warehouse.objects.values_list("code", flat=True))
    unknown = sorted(set(costs) - known)
    if unknown:
        raise _refused("costs", _("There is no warehouse {codes}.").format(codes=", ".join(unknown)))
    silent = sorted(code for code, to in costs.items() if ANYWHERE not in to)
    if silent:
        raise _refused(
            "costs", _("Give a cost for all other countries (*) from {codes}.").format(codes=", ".join(silent))
        )


def _words(bad: BadParameter) -> str:
    said = {
        "unknown": _("This kind of rule doesn't ask for it."),
        "out_of_range": _("A whole number: {value}."),
        "not_yes_or_no": _("Yes or no."),
        "not_a_table": _("A line for each cost: warehouse, country, amount."),
        "not_an_amount": _("Not an amount: {value}"),
    }
    return said[bad.code].format(value=bad.value)


def _refused(name: str, words: str) -> InvalidRule:
    return InvalidRule(words, errors=[at(f"#/parameters/{name}", InvalidRule.code, words)])
