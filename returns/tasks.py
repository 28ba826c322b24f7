"""Alarm clocks of the returns floor, on the queue ``tick``."""

from celery import shared_task

from returns.selectors import overdue_return_ids, waiting_return_ids
from returns.services.chase_return import chase_return
from returns.services.expire_return import expire_return


@shared_task
def expire_returns() -> None:
    """Expire every approved return that nobody sent in time."""
    for return_id in overdue_return_ids():
        expire_return(return_id)


@shared_task
def chase_returns() -> None:
    """Ask a person about every return that nobody moved for too long."""
    for return_id in waiting_return_ids():
        chase_return(return_id)
