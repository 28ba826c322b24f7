"""An order while it is being changed: its lines and what is billed of them, edited in memory.

``orders.services.change`` locks, lets the actions edit, prices what isn't billed anew, and saves. What is wrong with
an action is noted with a pointer to it; nothing is saved as long as anything is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from orders.bundles import Scale, scales
from orders.kernel.errors import FieldError, at
from orders.kernel.money import ZERO, is_exact, share
from orders.models import Order, OrderLine
from orders.pricing import TOO_MUCH, taxes
from orders.services.billed import NOTHING, Billed, billed_lines, billed_shipping
from orders.typed import REASON, text_fault


@dataclass
class Edit:
    """``more`` counts units to reserve beside those that the lines hold; ``added`` are the lines that are new.

    ``lines`` are those that were bought, ``scales`` know their components and how far each is billed, in points;
    ``added_parts`` are the components of new bundles.
    """

    order: Order
    lines: list[OrderLine]
    scales: dict[int, Scale]
    billed: Mapping[int, Billed]
    added: list[OrderLine] = field(default_factory=list)
    added_parts: list[OrderLine] = field(default_factory=list)
    more: Counter[int] = field(default_factory=Counter)
    is_moved: bool = False
    wrong: list[FieldError] = field(default_factory=list)

    @classmethod
    def of(cls, order: Order, lines: list[OrderLine]) -> "Edit":
        """The order is locked."""
        measures = scales(lines)
        bought = [scale.line for scale in measures.values()]
        return cls(order=order, lines=bought, scales=measures, billed=billed_lines(order, measures))

    def refuse(self, action: int, name: str, code: str, detail: str) -> None:
        """Note what is wrong with field ``name`` of the action with that index."""
        self.wrong.append(at(f"#/actions/{action}/{name}", code, detail))

    def is_money(self, amount: Decimal, action: int, name: str) -> bool:
        """Whether ``amount`` has the currency's digits and can be kept; notes it when not."""
        if abs(amount) >= TOO_MUCH:
            self.refuse(action, name, "too_large", "It is more than can be kept.")
        elif not is_exact(amount, self.order.currency):
            self.refuse(action, name, "too_precise", f"{self.order.currency} has fewer digits.")
        else:
            return True
        return False

    def is_text(self, text: str, action: int, name: str, *, most: int = REASON) -> bool:
        """Whether ``text`` can be kept; notes it when not."""
        fault = text_fault(text, most)
        if fault:
            self.refuse(action, name, *fault)
        return fault is None

    def line(self, public_id: str, action: int) -> OrderLine | None:
        """The line of that name with units left; notes when there is none."""
        found = next((line for line in self.lines if line.public_id == public_id), None)
        if found is None:
            self.refuse(action, "line", "unknown_line", "This order has no such line.")
        elif not found.active:
            self.refuse(action, "line", "cancelled", "Nothing is left of this line; add a new one.")
        else:
            return found
        return None

    def whole(self, line: OrderLine) -> int:
        """All of the line that is ordered and not cancelled, in points; each unit of a new line is one."""
        return self.scales[line.pk].active if line.pk in self.scales else line.ordered

    def unbilled(self, line: OrderLine) -> int:
        """What of that is on no invoice."""
        return self.whole(line) - self.billed.get(line.pk, NOTHING).points

    def unbilled_price(self, line: OrderLine) -> Decimal:
        """What that costs before all discounts."""
        return share(line.unit_price * line.active, self.unbilled(line), self.whole(line), self.order.currency)

    def unbilled_amount(self, line: OrderLine) -> Decimal:
        """Their money after all discounts."""
        return line.amount - self.billed.get(line.pk, NOTHING).amount

    def unbilled_order_discount(self, line: OrderLine) -> Decimal:
        """Their part of the order's discount."""
        if not line.order_discount or not line.active:
            return ZERO
        return share(line.order_discount, self.unbilled(line), self.whole(line), self.order.currency)

    def price_anew(self) -> None:
        """Tax what isn't billed as if it were a document of its own; bills stay as they are.

        For an order without bills this is what a placement computes. Shipping bears its own rate, else the
        highest line rate.
        """
        order = self.order
        lines = [line for line in [*self.lines, *self.added] if self.unbilled(line)]
        billed, billed_tax = billed_shipping(order)
        shipping = order.shipping_total - billed
        if lines and (shipping or not billed):
            own = order.own_shipping_tax_rate
            order.shipping_tax_rate = max(line.tax_rate for line in lines) if own is None else own
        parts = taxes(
            [*(self.unbilled_amount(line) for line in lines), shipping],
            [*(line.tax_rate for line in lines), order.shipping_tax_rate],
            includes_tax=order.prices_include_tax,
            currency=order.currency,
        )
        for line, part in zip(lines, parts[:-1], strict=True):
            line.tax = self.billed.get(line.pk, NOTHING).tax + part
        order.shipping_tax = billed_tax + parts[-1]

    @property
    def all_lines(self) -> Sequence[OrderLine]:
        """What will have been bought."""
        return [*self.lines, *self.added]

    @property
    def parts(self) -> Sequence[OrderLine]:
        """Components that the order has already."""
        return [part for scale in self.scales.values() for part in scale.members if part.parent_id is not None]

    @property
    def next_position(self) -> int:
        """Where the next line comes."""
        taken = [*self.all_lines, *self.parts, *self.added_parts]
        return max((line.position for line in taken), default=0) + 1
