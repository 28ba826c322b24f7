"""Silence: the time for an answer is over, and it means what its channel says."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_order
from orders.services.exception import open_exception
from orders.states import Unanswered
from warehouse.errors import AlreadyAnswered
from warehouse.models import SubstitutionProposal
from warehouse.services.answer_substitute import accept_substitute, decline_substitute
from warehouse.services.withdraw_substitute import STUCK
from warehouse.states import AnswerBy, ProposalStatus


def end_silence(proposal_id: int, *, by: Actor) -> SubstitutionProposal:
    """The time for an answer is over: silence means what its channel says. Raises ``AlreadyAnswered``."""
    row = SubstitutionProposal.objects.filter(pk=proposal_id).first()
    if row is None or row.status != ProposalStatus.PROPOSED or row.answer_until > timezone.now():
        raise AlreadyAnswered(_("There is still time for an answer, or there was one."))
    answer = accept_substitute if row.unanswered == Unanswered.ACCEPT else decline_substitute
    return answer(proposal_id, answered_by=AnswerBy.SILENCE, by=by)


def ask_about_silence(proposal_id: int, *, reason: str, by: Actor) -> None:
    """What silence means can't be done (``reason``: the refusal's code): a person decides, once."""
    row = SubstitutionProposal.objects.select_related("line", "product").get(pk=proposal_id)
    with work(by=by):
        locked_order(row.order_id)
        open_exception(
            order_id=row.order_id,
            category=STUCK,
            subject_kind="substitution_proposal",
            subject_id=row.public_id,
            facts={"sku": row.line.sku, "substitute": row.product.sku, "reason": reason},
            by=by,
        )
