"""Move the quantity counters of order lines; the only writer of them, called by the floor that knows the fact."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from orders.bundles import components_of, counters, moving
from orders.derivation import fulfillment_status, payment_status, return_status
from orders.models import Order, OrderHold, OrderLine, Payment
from orders.states import PaymentStatus


@dataclass(frozen=True, kw_only=True)
class Change:
    """By how much each counter of a line moves; negative takes back."""

    cancelled: int = 0
    allocated: int = 0
    backordered: int = 0
    picked: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0
    return_requested: int = 0
    returned: int = 0
    written_off: int = 0


_NAMES = tuple(Change.__dataclass_fields__)
_SET = ", ".join(f"{name} = l.{name} + d.{name}" for name in _NAMES)
_ARRAYS = ", ".join(["%s::bigint[]"] + ["%s::int[]"] * len(_NAMES))
_COUNT = f"""
    UPDATE orders_orderline l SET {_SET}
    FROM unnest({_ARRAYS}) AS d(id, {", ".join(_NAMES)}) WHERE l.id = d.id
"""  # noqa: S608 - names of our own columns


def count(order_id: int, changes: Mapping[int, Change]) -> None:
    """Add ``changes`` (by line pk) in one statement, then derive the order's bundles and statuses anew.

    Only lines whose units move are named: components, not their bundle. The caller holds the order's lock. A sum that
    breaks a rule of domain.md is refused by the line's CHECKs.
    """
    _add(changes)
    derive_statuses(order_id)


def count_reserved(units: Mapping[int, int]) -> None:
    """Add ``units`` to ``allocated`` of lines (by pk) of any orders: no status follows from it.

    Two statements for all; the caller holds the orders' locks.
    """
    _add({pk: Change(allocated=n) for pk, n in units.items()})
    if units:
        bundles = OrderLine.objects.filter(components__in=list(units)).values("pk")
        _follow(list(OrderLine.objects.filter(Q(parent__in=bundles) | Q(pk__in=bundles))))


def _add(changes: Mapping[int, Change]) -> None:
    if changes:
        rows = [asdict(change) for change in changes.values()]
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [list(changes), *([row[name] for row in rows] for name in _NAMES)])


def _follow(lines: Sequence[OrderLine]) -> None:
    """Let the bundles among ``lines`` say what their components say; one statement when any says something else."""
    components = components_of(lines)
    late = []
    for line in lines:
        if line.is_bundle:
            told = counters(components[line.pk])
            if any(getattr(line, name) != n for name, n in told.items()):
                for name, n in told.items():
                    setattr(line, name, n)
                late.append(line)
    if late:
        OrderLine.objects.bulk_update(late, _NAMES)


def derive_statuses(order_id: int, *, is_in_return: bool | None = None) -> None:
    """Bring the three derived axes up to date; writes only what differs, and then a new version.

    ``is_in_return`` tells whether an approved return is under way; None keeps what the order says now.
    """
    order = Order.objects.get(pk=order_id)
    lines = list(OrderLine.objects.filter(order_id=order_id))
    _follow(lines)
    units = moving(lines)
    is_held = OrderHold.objects.filter(order_id=order_id, released_at=None).exists()
    was_voided = Payment.objects.filter(order_id=order_id, status=PaymentStatus.VOIDED).exists()
    if is_in_return is None:
        is_in_return = order.return_status == "in_return"
    derived = {
        "fulfillment_status": fulfillment_status(units, is_held=is_held),
        "payment_status": payment_status(order, was_voided=was_voided),
        "return_status": return_status(units, is_in_return=is_in_return),
    }
    if any(getattr(order, name) != value for name, value in derived.items()):
        now = timezone.now()
        Order.objects.filter(pk=order_id).update(**derived, version=order.version + 1, updated_at=now)
