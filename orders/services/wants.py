"""What the lines of an order need of the warehouse: their own units, a bundle's components, a digital line nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from orders.errors import OutOfStock
from orders.kernel.errors import at
from orders.models import OrderLine, Product
from orders.questions import Filled, Need
from orders.services.assortment import Part, parts_of
from orders.states import LineKind, OutOfStockPolicy

# What isn't planned yet, and what needs no plan.
UNKNOWN = Filled(takes=(), backordered=0, short=0, available=0, promised_on=None)
# Whatever its product's policy says: who orders ahead waits.
_PREORDER = (OutOfStockPolicy.BACKORDER.value,)


@dataclass(frozen=True, kw_only=True)
class Want:
    """Units for the line with this index: of its product, or of a component (``part``) of it.

    Of a preorder ``preorder_left`` more may be taken (None: any number).
    """

    line: int
    need: Need
    part: Part | None = None
    is_digital: bool = False
    is_preorder: bool = False
    preorder_left: int | None = None

    @property
    def in_one(self) -> int:
        """Units in one of the line."""
        return self.part.quantity if self.part else 1

    @property
    def preordered(self) -> int:
        """Units that count against the cap."""
        return self.need.quantity if self.is_preorder else 0


def wants_of(lines: Sequence[tuple[Product, int]], *, today: date, together: bool) -> list[Want]:
    """What these lines (product, units) need; ``together``: nothing leaves before the last preorder's day."""
    wants = [want for i, (product, n) in enumerate(lines) for want in _wants(i, product, n, today)]
    last = max((want.need.not_before for want in wants if want.need.not_before), default=None)
    if not together or last is None:
        return wants
    return [want if want.is_digital else replace(want, need=replace(want.need, not_before=last)) for want in wants]


def _wants(i: int, product: Product, units: int, today: date) -> list[Want]:
    if product.kind == LineKind.BUNDLE:
        return [_part(i, part, units * part.quantity, today) for part in parts_of(product)]
    ships_on = product.preorder_on(today)
    policy = _PREORDER if ships_on else tuple(product.out_of_stock_policy)
    return [
        Want(
            line=i,
            need=Need(product_id=product.pk, quantity=units, policy=policy, not_before=ships_on),
            is_digital=product.is_digital,
            is_preorder=ships_on is not None,
            preorder_left=None if product.preorder_cap is None else product.preorder_cap - product.preorder_taken,
        )
    ]


def _part(i: int, part: Part, units: int, today: date) -> Want:
    ships_on = part.preorder_ships_on
    if ships_on is not None and ships_on <= today:
        ships_on = None
    policy = _PREORDER if ships_on else part.policy
    return Want(
        line=i,
        need=Need(product_id=part.product_id, quantity=units, policy=policy, not_before=ships_on),
        part=part,
        is_preorder=ships_on is not None,
        preorder_left=part.preorder_left,
    )


def need_of(line: OrderLine, units: int) -> Need:
    """What ``units`` more, or again, of a line that is placed need."""
    policy = _PREORDER if line.ships_on else tuple(line.product.out_of_stock_policy)
    return Need(product_id=line.product_id, quantity=units, policy=policy, not_before=line.ships_on)


def needs_of(wants: Sequence[Want]) -> tuple[Need, ...]:
    """What the warehouse is asked for."""
    return tuple(want.need for want in wants if not want.is_digital)


def filled_of(wants: Sequence[Want], answers: Sequence[Filled]) -> list[Filled]:
    """The answer to each of ``wants``; preorders beyond their cap are short."""
    given, taken = iter(answers), Counter[int]()
    found = []
    for want in wants:
        n = want.need.quantity
        if want.is_digital:
            found.append(UNKNOWN)
            continue
        fill = next(given)
        if want.is_preorder and want.preorder_left is not None:
            left = max(want.preorder_left - taken[want.need.product_id], 0)
            taken[want.need.product_id] += n
            fill = replace(fill, available=left, short=n if n > left else 0)
        found.append(fill)
    return found


def refuse_short(wants: Sequence[Want], filled: Sequence[Filled], *, skus: Sequence[str]) -> None:
    """Raises ``OutOfStock`` naming each line that can't be filled, and how many of it could."""
    short = {want.line for want, fill in zip(wants, filled, strict=True) if fill.short}
    if not short:
        return
    most = {
        i: min(fill.available // want.in_one for want, fill in zip(wants, filled, strict=True) if want.line == i)
        for i in short
    }
    errors = [at(f"#/lines/{i}/quantity", "out_of_stock", f"{skus[i]}: {most[i]} available.") for i in sorted(short)]
    raise OutOfStock("Some lines can't be filled; order at most what is available.", errors=errors)
