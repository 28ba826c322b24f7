"""Alarm clocks of the warehouse floor: each looks for what is due itself, so it may ring twice, late, or not at all."""

import structlog
from celery import shared_task
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.kernel.errors import DomainError
from warehouse.selectors.substitutes import unanswered
from warehouse.selectors.supply import overdue_purchases, products_to_follow
from warehouse.selectors.waves import due_schedules
from warehouse.selectors.work import fillable_products, refillable_orders, unsourced_orders
from warehouse.services.end_silence import ask_about_silence, end_silence
from warehouse.services.fill_backorders import fill_backorders
from warehouse.services.follow_supply import follow_product
from warehouse.services.propose_purchases import propose_purchases
from warehouse.services.propose_substitute import offer_substitutes
from warehouse.services.run_schedule import run_schedule
from warehouse.services.source_missing import give_up_missing, source_missing
from warehouse.services.watch_purchase import watch_purchase

_BATCH = 300  # orders of one tick: far from its time limit

log = structlog.get_logger(__name__)


@shared_task
def fill_waiting_backorders() -> int:
    """Fill what goods that came back (cancelled, put back, returned) can fill; receipts do so at once themselves."""
    return sum(fill_backorders(product_id, by=SYSTEM) for product_id in fillable_products())


@shared_task
def source_missing_units() -> int:
    """Look for units whose reservation was given up, and again for those that some shelf has now.

    Each order is a transaction of its own: one that fails leaves the others theirs, and is tried again.
    """
    sourced = 0
    for order_id in sorted({*unsourced_orders(_BATCH), *refillable_orders()}):
        try:
            source_missing(order_id, by=SYSTEM)
            offer_substitutes(order_id, by=SYSTEM)
            give_up_missing(order_id, by=SYSTEM)
        except DomainError as refusal:
            log.warning("not_sourced", order=order_id, reason=refusal.code)
        else:
            sourced += 1
    return sourced


@shared_task
def end_unanswered_substitutes() -> int:
    """Let silence mean what its channel says, question by question; what can't be done then is a person's."""
    ended = 0
    for proposal_id in unanswered(timezone.now(), most=_BATCH):
        try:
            end_silence(proposal_id, by=SYSTEM)
        except DomainError as refusal:
            ask_about_silence(proposal_id, reason=refusal.code, by=SYSTEM)
        else:
            ended += 1
    return ended


@shared_task
def release_due_waves() -> int:
    """Run the wave schedules whose time has come, by their priority; each in a transaction of its own."""
    released = 0
    for schedule, slot in due_schedules(timezone.now()):
        try:
            released += run_schedule(schedule.pk, slot=slot, by=SYSTEM) is not None
        except DomainError as refusal:
            log.warning("no_wave", schedule=schedule.name, reason=refusal.code)
    return released


@shared_task
def follow_supplies() -> int:
    """Tie what waits to what is coming, where that could be told better; purchases do so at once themselves."""
    products = products_to_follow()
    for product_id in products:
        follow_product(product_id, by=SYSTEM)
    return len(products)


@shared_task
def watch_suppliers() -> int:
    """Ask people about goods that should have come, and tell who waits for them."""
    return sum(watch_purchase(pk, by=SYSTEM) for pk in overdue_purchases())


@shared_task
def propose_for_shelves() -> int:
    """Bring the proposed purchase orders up to date."""
    return len(propose_purchases(by=SYSTEM))
