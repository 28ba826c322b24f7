"""Keep every scan, accepted or refused, once: the device's own id tells a repeated one from a new one."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError

from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.kernel.work import work
from warehouse.errors import WrongScan
from warehouse.models import Package, PickList, PickTask, ScanEvent
from warehouse.states import ScanKind


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What a scan did, in the words shown to the picker."""

    kind: ScanKind
    message: str
    quantity: int = 0
    task: PickTask | None = None


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One scan of one device. ``client_id`` is made by the device; sent twice, it counts once."""

    code: str
    client_id: str
    user_id: int
    pick_list: PickList | None = None
    package: Package | None = None


def record_scan(scan: Scan, *, act: Callable[[], Scanned], by: Actor) -> Scanned:
    """Do what the scan means and keep both in one transaction; a refused one is kept alone, and nothing moves.

    A scan that was sent before isn't done again: its first answer is given. Raises what ``act`` raises.
    """
    try:
        with work(by=by):
            known = _known(scan)
            if known is not None:
                return known
            done = act()
            _keep(scan, done.message, kind=done.kind, quantity=done.quantity, task=done.task)
            return done
    except IntegrityError:
        # The same scan arrived twice at once: the other one was first, and its pick is the only one.
        known = _known(scan)
        if known is None:
            raise
        return known
    except DomainError as refusal:
        with work(by=by):
            ScanEvent.objects.bulk_create([_event(scan, refusal.detail, is_accepted=False)], ignore_conflicts=True)
        raise


def _known(scan: Scan) -> Scanned | None:
    event = ScanEvent.objects.filter(client_id=scan.client_id).select_related("task").first()
    if event is None:
        return None
    if not event.is_accepted:
        raise WrongScan(event.message)
    return Scanned(kind=ScanKind(event.kind), message=event.message, quantity=event.quantity, task=event.task)


def _keep(scan: Scan, message: str, *, kind: ScanKind, quantity: int, task: PickTask | None) -> None:
    event = _event(scan, message, is_accepted=True)
    event.kind, event.quantity, event.task = kind, quantity, task
    event.save(force_insert=True)


def _event(scan: Scan, message: str, *, is_accepted: bool) -> ScanEvent:
    return ScanEvent(
        client_id=scan.client_id,
        user_id=scan.user_id,
        pick_list=scan.pick_list,
        package=scan.package,
        code=scan.code[:255],
        is_accepted=is_accepted,
        message=message[:255],
    )
