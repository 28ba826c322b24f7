"""Alarm clocks of the shipping floor, on the queue ``carrier``: each works off the rows that are due."""

from celery import shared_task

from shipping.services.buy_label import buy_label
from shipping.services.void_label import void_label


@shared_task
def buy_labels() -> None:
    """Buy every label that is due."""
    while buy_label():
        pass


@shared_task
def void_labels() -> None:
    """Give back every label that is due."""
    while void_label():
        pass
