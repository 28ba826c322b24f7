"""What the floors below ask this one."""

from orders.kernel.work import current
from orders.questions import ReleaseUnits
from shipping.services import release_units as service


def release_units(question: ReleaseUnits) -> None:
    """Undo what was done for these units; the canceller signs for it."""
    service.release_units(question.order_id, question.units, restock=question.restock, by=current().by)
