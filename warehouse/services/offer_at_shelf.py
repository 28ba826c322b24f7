"""Offer at the shelf: a picker misses units and sees something similar, which the customer is asked to take."""

from dataclasses import dataclass

from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from warehouse.models import FulfillmentOrder, PickTask, SubstitutionProposal
from warehouse.services.propose_substitute import propose_substitute
from warehouse.services.release_pick_list import extend_pick_list
from warehouse.services.short_pick import short_pick
from warehouse.services.source_missing import source_missing
from warehouse.states import FulfillmentOrderStatus, ProposalStatus, ShortReason


@dataclass(frozen=True, kw_only=True)
class Offered:
    """``proposal`` None: the substitute was gone, and the missing units are sourced as ever. ``to_fetch``: tasks that
    were added to the walk, because the customer had said before that anything close may be sent."""

    task: PickTask
    missing: int
    proposal: SubstitutionProposal | None
    to_fetch: int = 0


def offer_at_shelf(task_id: int, *, sku: str, reason: ShortReason, user_id: int | None = None, by: Actor) -> Offered:
    """Close a task short and propose ``sku`` from the same warehouse for what is missing.

    Two transactions, so that stock is locked in order; between them the missing units are the tick's. Raises what
    ``short_pick`` raises.
    """
    task = short_pick(task_id, reason=reason, user_id=user_id, is_offered=True, by=by)
    missing, line = task.quantity - task.picked, task.line
    warehouse = task.pick_list.warehouse
    try:
        proposal = propose_substitute(
            line.order_id, line=line.public_id, sku=sku, warehouse=warehouse.code, units=missing, by=by
        )
    except DomainError:
        source_missing(line.order_id, by=by)
        return Offered(task=task, missing=missing, proposal=None)
    fetched = _fetch(task, proposal, by=by) if proposal.status == ProposalStatus.APPLIED else 0
    return Offered(task=task, missing=missing, proposal=proposal, to_fetch=fetched)


def _fetch(task: PickTask, proposal: SubstitutionProposal, *, by: Actor) -> int:
    """The picker takes it along now, if it is to be sent from this warehouse; else it waits for a list of its own."""
    mine = FulfillmentOrder.objects.filter(
        order=proposal.order_id,
        warehouse=task.pick_list.warehouse_id,
        status=FulfillmentOrderStatus.OPEN,
        lines__line__replaces=proposal.line_id,
    )
    try:
        tasks = extend_pick_list(task.pick_list_id, mine.values_list("pk", flat=True).distinct(), by=by)
    except DomainError:
        return 0
    return sum(each.quantity for each in tasks)
