"""What could be sent instead of goods that are missing, and what customers were asked about."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from orders.models import Order, OrderLine, Product, ProductSubstitute
from orders.models.line import UNSOURCED
from orders.preferences import Preferences
from orders.states import LineKind, OrderStatus, OutOfStockPolicy, SubstituteWish
from warehouse.models import PickTask, StockLevel, SubstitutionProposal
from warehouse.states import ProposalStatus

RUNNING = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
# Ways out that are taken before a substitute is thought of, where the product's policy names them first.
_WAITS = (OutOfStockPolicy.BACKORDER, OutOfStockPolicy.DROPSHIP)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """``quantity`` of a product that could stand for so many units, as one warehouse has it."""

    product: Product
    warehouse_id: int
    quantity: int


def candidates(line: OrderLine, units: int, *, warehouse_id: int | None = None) -> list[Candidate]:
    """What is there in full, of one warehouse, instead of ``units`` of a line: the best first; two statements.

    Among warehouses the one by priority. What isn't goods, is ordered ahead, or has a price in another currency is
    left out, and so is what the order has already been asked about.
    """
    asked = SubstitutionProposal.objects.filter(line=line).values("product")
    offers = ProductSubstitute.objects.filter(
        product=line.product_id,
        substitute__is_active=True,
        substitute__is_bundle=False,
        substitute__is_digital=False,
        substitute__preorder_ships_on=None,
        substitute__currency=line.order.currency,
    )
    ranked = list(offers.exclude(substitute__in=asked).select_related("substitute"))
    if not ranked:
        return []
    free = F("on_hand") - F("allocated") - F("unavailable") - F("safety_stock")
    levels = StockLevel.objects.filter(product__in=[row.substitute_id for row in ranked], warehouse__is_active=True)
    if warehouse_id is not None:
        levels = levels.filter(warehouse=warehouse_id)
    here = list(
        levels.annotate(free=free)
        .order_by("warehouse__priority", "warehouse")
        .values_list("product", "warehouse", "free")
    )
    found = []
    for row in ranked:
        wanted = row.units_for(units)
        place = next((place for product, place, left in here if product == row.substitute_id and left >= wanted), None)
        if place is not None:
            found.append(Candidate(product=row.substitute, warehouse_id=place, quantity=wanted))
    return found


def offers_at(task: PickTask | None) -> list[Candidate]:
    """What a picker may propose for the units that a task still has to fetch, from the same warehouse."""
    if task is None or not is_replaceable(task.line):
        return []
    return candidates(task.line, task.left, warehouse_id=task.bin.warehouse_id)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What may be proposed for ``units`` of a line that are missing or wait."""

    line: OrderLine
    units: int
    candidate: Candidate


def offers_for(order: Order) -> list[Offer]:
    """Everything that staff may propose to an order's customer now."""
    if order.status not in RUNNING:
        return []
    missing = order.lines.filter(UNSOURCED | Q(backordered__gt=0), accepts_substitutes=True, parent=None)
    lines = list(missing.select_related("order__customer", "product").order_by("position"))
    asked = asked_units(order.pk) if lines else {}
    found = []
    for line in lines:
        units = line.unsourced + line.backordered
        if line.pk not in asked and is_replaceable(line):
            found += [Offer(line=line, units=units, candidate=offer) for offer in candidates(line, units)]
    return found


def wish_of(line: OrderLine) -> SubstituteWish:
    """What is known of the customer's mind: their wish, which the line's own «no» goes before."""
    if not line.accepts_substitutes:
        return SubstituteWish.NEVER_ACCEPT
    wish = Preferences.of(line.order.customer.notification_preferences).substitutes
    return SubstituteWish.ALWAYS_ACCEPT if wish == SubstituteWish.NEVER_ASK else wish


def is_replaceable(line: OrderLine) -> bool:
    """Whether anything else may be sent for units of this line at all."""
    is_plain = line.kind == LineKind.GOODS and line.parent_id is None and line.ships_on is None
    return is_plain and line.replaces_id is None and wish_of(line) != SubstituteWish.NEVER_ACCEPT


def prefers_substitute(line: OrderLine) -> bool:
    """Whether the product's policy names a substitute before waiting, and one may be sent."""
    policy = list(line.product.out_of_stock_policy)
    if OutOfStockPolicy.SUBSTITUTE not in policy or not is_replaceable(line):
        return False
    return not any(way in policy[: policy.index(OutOfStockPolicy.SUBSTITUTE)] for way in _WAITS)


def offer_for(line: OrderLine, units: int) -> Candidate | None:
    """What the customer would be asked to take, unless they were asked about this line before."""
    if not prefers_substitute(line):
        return None
    answered = SubstitutionProposal.objects.filter(line=line).exclude(status=ProposalStatus.WITHDRAWN)
    return None if answered.exists() else next(iter(candidates(line, units)), None)


def is_given_up(line: OrderLine) -> bool:
    """Whether the product's policy calls off what nobody has; a bundle goes as a whole, so a person decides."""
    return OutOfStockPolicy.CANCEL in line.product.out_of_stock_policy and line.parent_id is None


def open_proposals(order_id: int) -> "QuerySet[SubstitutionProposal]":
    """What the order's customer is being asked."""
    rows = SubstitutionProposal.objects.filter(order=order_id, status=ProposalStatus.PROPOSED)
    return rows.select_related("line__product", "product", "warehouse").order_by("pk")


def asked_units(order_id: int) -> dict[int, int]:
    """Units by line (pk) that an answer is waited for."""
    return dict(open_proposals(order_id).values_list("line", "units"))


def kept_for_answers(product_id: int, warehouse_id: int) -> list[SubstitutionProposal]:
    """Proposals that keep units of a product in a warehouse, the youngest first."""
    rows = SubstitutionProposal.objects.filter(
        product=product_id, warehouse=warehouse_id, status=ProposalStatus.PROPOSED
    )
    return list(rows.order_by("-pk"))


def unanswered(now: datetime, *, most: int) -> list[int]:
    """Proposals (pks) whose time is over, the longest first."""
    rows = SubstitutionProposal.objects.filter(status=ProposalStatus.PROPOSED, answer_until__lte=now)
    return list(rows.order_by("answer_until").values_list("pk", flat=True)[:most])
