"""What staff can do about buying: draft, place, acknowledge, move, receive, cancel; each action calls one service."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action
from orders.kernel.actor import Actor
from warehouse.admin.purchase_forms import (
    AcknowledgeForm,
    CancelForm,
    DraftForm,
    MoveForm,
    PlaceForm,
    PutAwayForm,
    ReceiveForm,
    ReviseForm,
)
from warehouse.models import PurchaseOrder, PutAwayTask, Supplier
from warehouse.services.acknowledge_purchase import acknowledge_purchase_order, move_expected_date
from warehouse.services.cancel_purchase import cancel_purchase_order
from warehouse.services.draft_purchase import draft_purchase_order, revise_purchase_order
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.propose_purchases import propose_purchases
from warehouse.services.put_away import put_away
from warehouse.services.receive_goods import receive_goods
from warehouse.states import COMING, PurchaseOrderStatus, PurchasePurpose, PutAwayStatus


def _draft(supplier: Supplier, data: dict[str, Any], by: Actor) -> Any:
    row = draft_purchase_order(
        supplier.code,
        warehouse=data["warehouse"].code,
        lines=data["lines"],
        purpose=PurchasePurpose(data["purpose"]),
        note=data["note"],
        by=by,
    )
    return _("%(number)s is drafted. Look at it and place it.") % {"number": row.number}


def _propose(supplier: Supplier, data: dict[str, Any], by: Actor) -> Any:
    rows = propose_purchases(by=by)
    return _("%(n)s purchase orders are proposed: %(numbers)s.") % {
        "n": len(rows),
        "numbers": ", ".join(row.number for row in rows) or "–",
    }


def _place(row: PurchaseOrder, data: dict[str, Any], by: Actor) -> Any:
    place_purchase_order(row.pk, version=data["version"], by=by)
    return _("Placed: the supplier gets it by mail.") if row.supplier.email else _("Placed: tell the supplier.")


def _revise(row: PurchaseOrder, data: dict[str, Any], by: Actor) -> Any:
    revise_purchase_order(row.pk, quantities=data["quantities"], version=data["version"], by=by)
    return _("Changed.")


def _acknowledge(row: PurchaseOrder, data: dict[str, Any], by: Actor) -> Any:
    acknowledge_purchase_order(
        row.pk, dates=data["dates"], supplier_ref=data["supplier_ref"], version=data["version"], by=by
    )
    return _("Acknowledged: who waits for it knows the day now.")


def _move(row: PurchaseOrder, data: dict[str, Any], by: Actor) -> Any:
    move_expected_date(row.pk, dates=data["dates"], reason=data["reason"], version=data["version"], by=by)
    return _("Moved: who waits for it is told.")


def _receive(row: PurchaseOrder, data: dict[str, Any], by: Actor) -> Any:
    receipt = receive_goods(
        row.pk, arrived=data["arrived"], delivery_note=data["delivery_note"], version=data["version"], by=by
    )
    return _("Received as %(id)s. It lies on the dock and is to be put away.") % {"id": receipt.public_id}


def _cancel(row: PurchaseOrder, data: dict[str, Any], by: Actor) -> Any:
    units = None if data["whole"] else data["units"]
    cancel_purchase_order(row.pk, units=units, version=data["version"], by=by)
    return _("Cancelled.")


def _put_away(task: PutAwayTask, data: dict[str, Any], by: Actor) -> Any:
    done = put_away(task.pk, bin=data["bin"], units=data["units"], by=by)
    if done.status == PutAwayStatus.CANCELLED:
        return _("Nothing of it lies on the dock any more.")
    return _("%(n)s units lie in %(bin)s.") % {"n": done.moved, "bin": done.bin.code if done.bin else ""}


def _is(*statuses: PurchaseOrderStatus) -> Any:
    return lambda row: row.status in statuses


DRAFT = Action(
    name="draft",
    label=_("Draft a purchase order"),
    intro=_("Nothing is bought before somebody places it."),
    permission="warehouse.buy",
    form=DraftForm,
    call=_draft,
    icon="add_shopping_cart",
    variant="primary",
    fits=lambda supplier: supplier.is_active,
)
PROPOSE = Action(
    name="propose",
    label=_("Propose purchases"),
    intro=_("Brings the proposals for all suppliers up to date: what waits, and what the shelves will lack."),
    permission="warehouse.buy",
    call=_propose,
    icon="lightbulb",
)
PLACE = Action(
    name="place",
    label=_("Place"),
    intro=_("The supplier gets it as PDF by mail, and its units count as coming."),
    permission="warehouse.buy",
    form=PlaceForm,
    call=_place,
    icon="send",
    variant="primary",
    fits=_is(PurchaseOrderStatus.DRAFT),
)
REVISE = Action(
    name="revise",
    label=_("Change"),
    intro=_("0 takes a line out. What a person changed is no longer kept up to date by the planner."),
    permission="warehouse.buy",
    form=ReviseForm,
    call=_revise,
    icon="edit",
    fits=_is(PurchaseOrderStatus.DRAFT),
)
ACKNOWLEDGE = Action(
    name="acknowledge",
    label=_("Acknowledge"),
    intro=_("The supplier said when it comes; customers who wait for it are promised that day."),
    permission="warehouse.buy",
    form=AcknowledgeForm,
    call=_acknowledge,
    icon="event_available",
    variant="primary",
    fits=_is(PurchaseOrderStatus.PLACED),
)
MOVE = Action(
    name="move_date",
    label=_("Move the day"),
    intro=_("Customers who wait for it are told at once."),
    permission="warehouse.buy",
    form=MoveForm,
    call=_move,
    icon="event_repeat",
    fits=_is(*COMING),
)
RECEIVE = Action(
    name="receive",
    label=_("Receive"),
    intro=_("Count what is there. Good units go to who waits first; what differs is asked about."),
    permission="warehouse.receive_goods",
    form=ReceiveForm,
    call=_receive,
    icon="inventory",
    variant="primary",
    fits=_is(*COMING),
)
CANCEL = Action(
    name="cancel",
    label=_("Cancel"),
    intro=_("The supplier is told, and customers who waited for it as well."),
    permission="warehouse.buy",
    form=CancelForm,
    call=_cancel,
    icon="cancel",
    variant="danger",
    fits=_is(PurchaseOrderStatus.DRAFT, *COMING),
)
PUT_AWAY = Action(
    name="put_away",
    label=_("Put away"),
    intro=_("The units lie in their bin. What pickers took from the dock meanwhile is left out."),
    permission="warehouse.put_away",
    form=PutAwayForm,
    call=_put_away,
    icon="shelves",
    variant="primary",
    fits=lambda task: task.status == PutAwayStatus.OPEN,
    many=True,
    in_rows=True,
)
PURCHASE_ACTIONS = (PLACE, REVISE, ACKNOWLEDGE, RECEIVE, MOVE, CANCEL)
