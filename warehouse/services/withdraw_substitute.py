"""Withdraw a proposal: what was missing is settled otherwise, or the substitute is gone too."""

from typing import Any

from orders.kernel.actor import Actor
from orders.kernel.work import emit, ring, work
from orders.locks import locked_lines, locked_order
from orders.services.exception import resolve_exceptions
from warehouse.events import SubstitutionWithdrawn
from warehouse.locks import locked_proposal
from warehouse.models import SubstitutionProposal
from warehouse.selectors.substitutes import open_proposals
from warehouse.services.book import Entry, book_stock
from warehouse.states import MovementKind

# The category of the back office's question about a silence that could not be followed.
STUCK = "substitute_stuck"


def withdraw_substitute(proposal_id: int, *, by: Actor) -> SubstitutionProposal:
    """Take a question back; the units are looked for again. Raises ``AlreadyAnswered`` and ``NotFound``."""
    with work(by=by):
        row = locked_proposal(proposal_id)
        withdraw_open(row, by=by)
        ring("tick")
        return row


def withdraw_substitutes(order_id: int, *, even_needed: bool = False, by: Actor) -> int:
    """Take back what is asked about units that aren't missing any more; returns how many questions that were.

    ``even_needed``: all of them.
    """
    with work(by=by):
        locked_order(order_id)
        missing = {line.pk: line.unsourced for line in locked_lines(order_id)}
        rows = [row for row in open_proposals(order_id) if even_needed or missing.get(row.line_id, 0) < row.units]
        for row in rows:
            withdraw_open(row, by=by)
        return len(rows)


def withdraw_open(row: SubstitutionProposal, *, by: Actor) -> None:
    """Take a question back and its goods with it; the caller holds the order's lock."""
    row.withdraw()
    row.save(update_fields=["status"])
    emit(SubstitutionWithdrawn(**facts_of(row)))
    let_go(row, by=by)


def let_go(row: SubstitutionProposal, *, by: Actor) -> None:
    """It is settled: what was kept is free again, for the change that it was kept for or for anybody."""
    resolve_exceptions(
        category=STUCK,
        subject_kind="substitution_proposal",
        subject_id=row.public_id,
        resolution="it is settled",
        by=by,
    )
    book_stock(
        [
            Entry(
                kind=MovementKind.RELEASED,
                product_id=row.product_id,
                warehouse_id=row.warehouse_id,
                allocated=-row.quantity,
                reason="substitute",
            )
        ]
    )


def facts_of(row: SubstitutionProposal) -> dict[str, Any]:
    """What every event about it tells."""
    return {
        "order_id": row.order_id,
        "number": row.order.number,
        "proposal": row.public_id,
        "line": row.line.public_id,
        "sku": row.line.sku,
        "units": row.units,
        "substitute": row.product.sku,
        "quantity": row.quantity,
    }
