"""Whether an address is good enough to send something to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Countries that have no postal codes (Universal Postal Union), or none that anybody writes.
_WITHOUT_CODES = frozenset(
    """
    AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GN GQ GY HK JM KI KM KN KP LC ML MO
    MR MS MW NR NU PA QA RW SB SC SL SR SS ST SY TD TG TK TL TO TV UG VU YE ZW
    """.split()  # noqa: SIM905 - easier to read
)


@dataclass(frozen=True, kw_only=True)
class AddressProblem:
    """What is wrong with one field of an address."""

    field: str
    code: str


def problems(address: Mapping[str, Any]) -> tuple[AddressProblem, ...]:
    """What keeps a carrier from delivering there; empty when nothing does."""
    country = str(address.get("country") or "").strip().upper()
    needed = ["country", "line1", "city"]
    if country and country not in _WITHOUT_CODES:
        needed.append("postal_code")
    return tuple(
        AddressProblem(field=name, code="required") for name in needed if not str(address.get(name) or "").strip()
    )
