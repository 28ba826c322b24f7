"""Bundles: one line for their buyer, component lines for the warehouse. Pure rules of their counters and money.

A bundle is as far as the slowest of its units; it waits, or never arrives, as soon as one of them does. A unit that
was called off of a bundle that left in part keeps nobody waiting. Every CHECK on lines holds for a bundle because it
holds for each of its components (ADR 0020).

A bundle's money is shared by what its components cost by themselves, in points: whole numbers, so that parts of it
always add up to the whole. All other lines have one point for each unit.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import lcm

from orders.models import OrderLine
from orders.states import LineKind

_THOUSANDTHS = 1000  # the digits that amounts are kept with


def sold(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """What was bought: all lines but components."""
    return [line for line in lines if line.parent_id is None]


def moving(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Whose units leave and come back: all lines but bundles."""
    return [line for line in lines if not line.is_bundle]


def goods(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Whose units a warehouse has to find."""
    return [line for line in lines if line.kind == LineKind.GOODS]


def components_of(lines: Iterable[OrderLine]) -> dict[int, list[OrderLine]]:
    """The components of each bundle, by the bundle's pk."""
    found: defaultdict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        if line.parent_id is not None:
            found[line.parent_id].append(line)
    return dict(found)


def with_components(named: Iterable[OrderLine], lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Those of ``lines`` that are named, or belong to a bundle that is."""
    chosen = {line.pk for line in named}
    return [line for line in lines if line.pk in chosen or line.parent_id in chosen]


def counters(components: Sequence[OrderLine]) -> dict[str, int]:
    """What a bundle's counters are, by name."""

    def units(component: OrderLine, name: str) -> int:
        return int(getattr(component, name))

    def whole(*names: str) -> int:
        return min((c.cancelled + sum(units(c, name) for name in names)) // c.per_bundle for c in components)

    def touched(name: str) -> int:
        return max(-(-units(c, name) // c.per_bundle) for c in components)

    cancelled, shipped, returned = whole(), whole("shipped"), whole("returned")
    return {
        "cancelled": cancelled,
        "allocated": whole("allocated", "shipped") - shipped,
        "backordered": touched("backordered"),
        "picked": whole("picked") - cancelled,
        "packed": whole("packed") - cancelled,
        "shipped": shipped - cancelled,
        "delivered": whole("delivered") - cancelled,
        "return_requested": whole("return_requested", "returned") - returned,
        "returned": returned - cancelled,
        "written_off": touched("written_off"),
    }


def latest(days: Sequence[date | None]) -> date | None:
    """The last of these days; None as soon as one isn't known."""
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


@dataclass(frozen=True)
class Scale:
    """How the units of a bought line share its money: ``points`` of one unit of each moving line, by pk."""

    line: OrderLine
    members: tuple[OrderLine, ...]
    points: Mapping[int, int]

    @property
    def one(self) -> int:
        """Points of one of the line: of all units of one bundle."""
        return sum(self.points[m.pk] * self.units_in_one(m) for m in self.members)

    @property
    def active(self) -> int:
        """Points of all that is ordered and not cancelled."""
        return sum(self.points[m.pk] * m.active for m in self.members)

    @property
    def open(self) -> int:
        """How many of the line can be called off as a whole: none of their units has left."""
        return min(m.open // self.units_in_one(m) for m in self.members)

    @property
    def free(self) -> int:
        """How many of the line can be changed as a whole: none of their units is packed or has left."""
        return min((m.active - max(m.packed, m.shipped)) // self.units_in_one(m) for m in self.members)

    def open_rest(self, member: OrderLine) -> int:
        """Units of a component that can be called off by themselves: the others of their bundles have left."""
        return member.open - self.open * self.units_in_one(member)

    def of(self, units: Mapping[int, int]) -> int:
        """Points of ``units``, by pk of the moving lines."""
        return sum(points * units.get(pk, 0) for pk, points in self.points.items())

    def units(self, n: int) -> dict[int, int]:
        """The units that ``n`` of the line consist of, by pk of the moving lines."""
        return {m.pk: n * self.units_in_one(m) for m in self.members}

    @staticmethod
    def units_in_one(member: OrderLine) -> int:
        """How many units of a moving line one of the bought line has."""
        return member.per_bundle or 1


def scales(lines: Sequence[OrderLine]) -> dict[int, Scale]:
    """The scale of every bought line, by pk; ``lines`` are all lines of an order."""
    components = components_of(lines)
    return {line.pk: _scale(line, components.get(line.pk, ())) for line in sold(lines)}


def _scale(line: OrderLine, components: Sequence[OrderLine]) -> Scale:
    if not components:
        return Scale(line=line, members=(line,), points={line.pk: 1})
    common = lcm(*(c.per_bundle for c in components))
    points = {c.pk: int(c.bundle_value * _THOUSANDTHS) * (common // c.per_bundle) for c in components}
    if not any(points.values()):
        points = dict.fromkeys(points, 1)
    return Scale(line=line, members=tuple(components), points=points)
