"""The scans of a cluster list that are about totes: one for each order first, then what goes into which."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from warehouse.errors import WrongScan, WrongTote
from warehouse.models import PickList, PickTask, ScanEvent
from warehouse.planning.codes import as_quantity, names_product, same
from warehouse.selectors.picking import Position
from warehouse.services.assign_tote import assign_tote, take_tote_back
from warehouse.services.pick import pick_units
from warehouse.services.record_scan import Scanned
from warehouse.states import ScanKind


def give_tote(at: Position, code: str, *, by: Actor) -> Scanned:
    """The scanned tote is for the next order without one; joins the open work. Raises ``WrongTote``."""
    assert at.task is not None
    order = at.toteless[0]
    tote = assign_tote(at.task.pick_list_id, fulfillment_order_id=order.pk, code=code, by=by)
    message = _("Tote {tote} is for order {number}.").format(tote=tote, number=order.order.number)
    return Scanned(kind=ScanKind.TOTE, message=message)


def stage(task: PickTask, units: int) -> Scanned:
    """So many units are in the picker's hand now; they are taken by the scan of their tote."""
    message = _("{picked} of {quantity}: {sku}. Now tote {tote}.").format(
        picked=task.picked + units, quantity=task.quantity, sku=task.product.sku, tote=task.tote
    )
    return Scanned(kind=ScanKind.ITEM, task=task, message=message)


def put_into_tote(at: Position, code: str, *, by: Actor) -> Scanned:
    """Another unit, their number in all, or the tote that takes them. Raises ``WrongScan``, ``WrongTote``."""
    task = at.here[0]
    assert task.tote is not None
    if same(code, task.tote.code):
        done = pick_units(task.pk, quantity=at.staged, by=by)
        message = _("{picked} of {quantity}: {sku} in tote {tote}.").format(
            picked=done.picked, quantity=done.quantity, sku=done.product.sku, tote=task.tote
        )
        return Scanned(kind=ScanKind.TOTE, task=done, quantity=at.staged, message=message)
    typed = as_quantity(code)
    is_item = names_product(code, sku=task.product.sku, gtin=task.product.gtin)
    if typed is None and not is_item:
        raise WrongTote(
            _("Wrong: {code}. Put {units} x {sku} into tote {tote}.").format(
                code=code[:40], units=at.staged, sku=task.product.sku, tote=task.tote
            )
        )
    total = task.picked + at.staged + 1 if is_item or typed is None else typed
    if total > task.quantity:
        raise WrongScan(_("Only {quantity} are wanted here.").format(quantity=task.quantity))
    if total <= task.picked:
        raise WrongScan(_("{picked} are taken already. Undo to put some back.").format(picked=task.picked))
    staged = stage(task, total - task.picked)
    return staged if is_item else Scanned(kind=ScanKind.QUANTITY, task=task, message=staged.message)


def undo_tote_scan(pick_list: PickList, at: Position, last: ScanEvent, *, by: Actor) -> Scanned:
    """Take back what moved nothing yet: units in the hand, or a tote that is still empty. Raises ``NotUndoable``."""
    if at.staged:
        task = at.here[0]
        message = _("Put {units} x {sku} back: nothing was taken.").format(units=at.staged, sku=task.product.sku)
        return Scanned(kind=ScanKind.UNDO, task=task, message=message)
    tote = take_tote_back(pick_list.pk, code=last.code, by=by)
    return Scanned(kind=ScanKind.UNDO, message=_("Tote {tote} is free again.").format(tote=tote))
