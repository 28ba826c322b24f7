"""Pick by scan: bin, then item, then as often as units are wanted, or the number of them."""

from django.utils.translation import gettext as _

from orders.errors import NotFound
from orders.kernel.actor import Actor
from warehouse.errors import NotUndoable, WrongScan
from warehouse.models import Bin, PickList, PickTask
from warehouse.planning.codes import as_quantity, names_product, same
from warehouse.selectors.picking import Position, position
from warehouse.services.pick import pick_units
from warehouse.services.record_scan import Scan, Scanned, record_scan
from warehouse.services.respect_holds import on_hold
from warehouse.services.scan_tote import give_tote, put_into_tote, stage, undo_tote_scan
from warehouse.services.start_pick_list import start_pick_list
from warehouse.services.undo_pick import undo_pick
from warehouse.states import ScanKind


def scan_pick(pick_list_id: int, *, code: str, client_id: str, user_id: int, by: Actor) -> Scanned:
    """One scan of the picker of a list, who becomes its picker by the first.

    A bin's code says where they stand, a SKU or GTIN takes one unit of what is wanted there, a number says how
    many were taken of it in all. On a cluster list each order gets its tote first, and units are taken by the scan of
    the tote that they go into. Anything else raises ``WrongScan`` or ``WrongTote``, and nothing moves. Raises
    ``TakenByAnother``, ``NotPickable``, ``OnHold``.
    """
    pick_list = _pick_list(pick_list_id)

    def act() -> Scanned:
        start_pick_list(pick_list_id, user_id=user_id, by=by)
        return _act(position(pick_list, user_id=user_id), code, by=by)

    scan = Scan(code=code, client_id=client_id, user_id=user_id, pick_list=pick_list)
    return record_scan(scan, act=act, by=by)


def undo_last_pick(pick_list_id: int, *, client_id: str, user_id: int, by: Actor) -> Scanned:
    """Take back what the picker's last scan took. Raises ``NotUndoable`` when it took nothing."""
    pick_list = _pick_list(pick_list_id)

    def act() -> Scanned:
        at = position(pick_list, user_id=user_id)
        last = at.undoable
        if last is not None and (at.staged or last.task_id is None):
            return undo_tote_scan(pick_list, at, last, by=by)
        if last is None or last.task_id is None:
            raise NotUndoable(_("The last scan took nothing. Put units back at their task."))
        task = undo_pick(last.task_id, quantity=last.quantity, user_id=user_id, by=by)
        return _put_back(task, last.quantity)

    return record_scan(Scan(code="", client_id=client_id, user_id=user_id, pick_list=pick_list), act=act, by=by)


def undo_task(task_id: int, *, client_id: str, user_id: int, by: Actor) -> Scanned:
    """Put all units of a task back. Raises ``NotUndoable``, ``TakenByAnother``."""
    task = PickTask.objects.select_related("pick_list").filter(pk=task_id).first()
    if task is None:
        raise NotFound("There is no such pick task.")
    units = task.picked
    return record_scan(
        Scan(code="", client_id=client_id, user_id=user_id, pick_list=task.pick_list),
        act=lambda: _put_back(undo_pick(task_id, user_id=user_id, by=by), units),
        by=by,
    )


def _pick_list(pk: int) -> PickList:
    pick_list = PickList.objects.filter(pk=pk).first()
    if pick_list is None:
        raise NotFound("There is no such pick list.")
    return pick_list


def _act(at: Position, code: str, *, by: Actor) -> Scanned:
    if at.task is None and not at.held:
        raise WrongScan(_("Nothing is left to fetch on this list."))
    if at.toteless:
        return give_tote(at, code, by=by)
    if at.staged:
        return put_into_tote(at, code, by=by)
    for task in at.to_do:
        if same(code, task.bin.code):
            return Scanned(kind=ScanKind.BIN, task=task, message=_("Bin {bin}.").format(bin=task.bin.code))
    for task in at.here:
        if names_product(code, sku=task.product.sku, gtin=task.product.gtin):
            return stage(task, 1) if task.tote_id else _take(task, 1, ScanKind.ITEM, by=by)
    _refuse_what_waits(at, code)
    if at.task is None:
        raise WrongScan(_("Everything that is left on this list is on hold. Leave it."))
    typed = as_quantity(code)
    if typed is not None and at.counts:
        return _take_in_all(at.task, typed, by=by)
    raise WrongScan(_why_wrong(at, code))


def _refuse_what_waits(at: Position, code: str) -> None:
    """Goods or a bin of a task that a hold stops, though the picker may hold them already: they stay where they are."""
    for waiting in at.held:
        product = waiting.task.product
        if same(code, waiting.task.bin.code) or names_product(code, sku=product.sku, gtin=product.gtin):
            raise on_hold(waiting.hold)


def _take(task: PickTask, units: int, kind: ScanKind, *, by: Actor) -> Scanned:
    done = pick_units(task.pk, quantity=units, by=by)
    message = _("{picked} of {quantity}: {sku}.").format(
        picked=done.picked, quantity=done.quantity, sku=done.product.sku
    )
    return Scanned(kind=kind, task=done, quantity=units, message=message)


def _take_in_all(task: PickTask, total: int, *, by: Actor) -> Scanned:
    """A typed number is what lies in the tote of this task now, the scanned unit included."""
    if total > task.quantity:
        raise WrongScan(_("Only {quantity} are wanted here.").format(quantity=task.quantity))
    if total <= task.picked:
        raise WrongScan(_("{picked} are taken already. Undo to put some back.").format(picked=task.picked))
    return _take(task, total - task.picked, ScanKind.QUANTITY, by=by)


def _put_back(task: PickTask, units: int) -> Scanned:
    message = _("{units} x {sku} back in bin {bin}.").format(units=units, sku=task.product.sku, bin=task.bin.code)
    return Scanned(kind=ScanKind.UNDO, task=task, quantity=units, message=message)


def _why_wrong(at: Position, code: str) -> str:
    """Say what was scanned and what is wanted."""
    assert at.task is not None
    task = at.task
    if at.is_at_bin:
        return _("Wrong item: {code}. Take {sku} from bin {bin}.").format(
            code=code[:40], sku=task.product.sku, bin=task.bin.code
        )
    if names_product(code, sku=task.product.sku, gtin=task.product.gtin):
        return _("Scan the bin first: {bin}.").format(bin=task.bin.code)
    if Bin.objects.filter(warehouse=task.bin.warehouse_id, code__iexact=code.strip()).exists():
        return _("Wrong bin: {code}. Go to bin {bin}.").format(code=code[:40], bin=task.bin.code)
    return _("Unknown code: {code}. Scan bin {bin}.").format(code=code[:40], bin=task.bin.code)
