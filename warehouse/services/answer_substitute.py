"""Answer a proposal: the customer takes the substitute or doesn't, on the page, by phone, or by saying nothing."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.change_requests import AddLine, SetQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines
from orders.services.ask_to_pay import ask_to_pay
from orders.services.change import make_change, until_still
from warehouse.events import SubstitutionAccepted, SubstitutionDeclined
from warehouse.locks import locked_proposal
from warehouse.models import Backorder, SubstitutionProposal
from warehouse.services.reallocate import reallocate_units
from warehouse.services.withdraw_substitute import facts_of, let_go
from warehouse.states import UNFILLED, AnswerBy, SourcingCause


def accept_substitute(proposal_id: int, *, answered_by: AnswerBy, note: str = "", by: Actor) -> SubstitutionProposal:
    """Send it instead: the order is changed, and its money settled, as by any change after placement.

    Raises ``AlreadyAnswered`` when it was answered before, ``NotFound``, and what ``change_order`` raises.
    """

    def once() -> SubstitutionProposal:
        with work(by=by):
            row = locked_proposal(proposal_id)
            row.note = note
            accept_open(row, answered_by=answered_by, by=by)
            return row

    return until_still(once)


def decline_substitute(proposal_id: int, *, answered_by: AnswerBy, note: str = "", by: Actor) -> SubstitutionProposal:
    """Don't send it: what was kept goes back on sale, and the missing units take their product's next way out.

    Raises ``AlreadyAnswered`` when it was answered before, and ``NotFound``.
    """

    def once() -> SubstitutionProposal:
        with work(by=by):
            row = locked_proposal(proposal_id)
            row.note = note
            if answered_by == AnswerBy.SILENCE:
                row.expire()
            else:
                row.decline()
            _answer(row, answered_by)
            emit(SubstitutionDeclined(**facts_of(row), answered_by=answered_by))
            let_go(row, by=by)
            reallocate_units(
                row.order_id, {row.line_id: row.units}, reason="declined", cause=SourcingCause.SOURCED_AGAIN, by=by
            )
            _wait_where_it_was(row)
            return row

    return until_still(once)


def _wait_where_it_was(row: SubstitutionProposal) -> None:
    """Who waits after all, waits since they first did."""
    if row.waiting_since is not None:
        waiting = Backorder.objects.filter(line=row.line_id, status__in=UNFILLED, created_at__gt=row.waiting_since)
        waiting.update(created_at=row.waiting_since)


def accept_open(row: SubstitutionProposal, *, answered_by: AnswerBy, by: Actor) -> None:
    """Make the change that it stands for; the caller holds the order's lock and saw that it is open."""
    if answered_by == AnswerBy.SILENCE:
        row.expire()
    else:
        row.accept()
    _answer(row, answered_by)
    emit(SubstitutionAccepted(**facts_of(row), answered_by=answered_by))
    let_go(row, by=by)
    line = next(line for line in locked_lines(row.order_id) if line.pk == row.line_id)
    change = make_change(
        row.order_id,
        [
            SetQuantity(line=line.public_id, quantity=line.active - row.units),
            AddLine(
                sku=row.product.sku,
                quantity=row.quantity,
                unit_price=row.unit_price,
                discount=row.discount,
                reason=_("Instead of {units} x {sku}").format(units=row.units, sku=line.sku),
                accepts_substitutes=False,
                replaces=line.public_id,
            ),
        ],
        versions=None,
        note="",
        notify=True,
        by=by,
    )
    ask_to_pay(change, by=by)
    row.change = change
    row.apply()
    row.save(update_fields=["change", "status"])


def _answer(row: SubstitutionProposal, answered_by: AnswerBy) -> None:
    row.answered_by, row.answered_at = answered_by, timezone.now()
    row.save(update_fields=["status", "answered_by", "answered_at", "note"])
