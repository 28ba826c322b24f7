"""Receive goods: a delivery of a purchase order is counted, booked in, and goes to who waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.errors import FieldError, at
from orders.kernel.work import current, emit, work
from orders.models import Order
from orders.services.exception import open_exception
from warehouse.errors import InvalidPurchase
from warehouse.events import BoughtUnits, GoodsReceived
from warehouse.locks import locked_levels, locked_purchase
from warehouse.models import PurchaseOrder, PurchaseOrderLine, PutAwayTask, Receipt, ReceiptLine
from warehouse.planning.put_away import suggest_bin
from warehouse.selectors.put_away import spots
from warehouse.services.book import Entry, book_stock
from warehouse.services.draft_purchase import MOST_UNITS, refuse_unless
from warehouse.services.expect_units import expect_units
from warehouse.services.fill_backorders import fill_backorders
from warehouse.services.follow_supply import follow_supply
from warehouse.services.open_station import open_station
from warehouse.services.settle_purchase import settle_purchase
from warehouse.states import COMING, RECEIPT_DIFFERS, BinKind, MovementKind


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What came of one product: units that can be sold, damaged ones, and ones that are something else.

    ``is_all``: what is missing of the line should have been in this delivery and won't come.
    """

    sku: str
    accepted: int = 0
    damaged: int = 0
    wrong_item: int = 0
    is_all: bool = False


def receive_goods(
    purchase_order_id: int,
    *,
    arrived: Sequence[Arrived],
    delivery_note: str = "",
    version: int | None = None,
    by: Actor,
) -> Receipt:
    """Take a delivery in. With ``version`` nobody counts in what somebody else has counted in meanwhile.

    Units that can be sold lie on the dock, on sale at once and to be put away; damaged ones are set aside. More than
    was ordered is taken in; whatever differs asks a person. 1 lock orders that wait, the purchase order 2 guard
    3 write the receipt 4 tell 5 book 6 fill what waits 7 promise the rest anew. Raises ``PurchaseNotOpen``,
    ``InvalidPurchase``, ``Stale``.
    """
    with work(by=by):
        row, lines = locked_purchase(purchase_order_id)
        refuse_unless(row, COMING, version=version)
        _check(lines, arrived)
        was_open = {line.pk: line.open for line in lines}
        receipt = Receipt.objects.create(purchase_order=row, delivery_note=delivery_note, received_by=str(by))
        came = _receive(receipt, lines, arrived)
        settle_purchase(row, lines, by=by)
        _tell(row, receipt, lines, came, by=by)
        products = sorted({each.purchase_line.product_id for each in came})
        expect_units((line.product_id, row.warehouse_id, line.open - was_open[line.pk]) for line in lines)
        locked_levels(products)
        book_stock([entry for each in came for entry in _entries(row, receipt, each)])
        _plan_put_away(row, came)
        orders = list(Order.objects.filter(pk__in=current().locked).order_by("pk"))
        for product_id in products:
            fill_backorders(product_id, orders=orders, by=by)
        follow_supply(products, by=by)
        return receipt


def _check(lines: Sequence[PurchaseOrderLine], arrived: Sequence[Arrived]) -> None:
    known = {line.product.sku for line in lines}
    errors: list[FieldError] = []
    for i, each in enumerate(arrived):
        if each.sku not in known:
            said = _("{sku} isn't on this purchase order.").format(sku=each.sku)
            errors.append(at(f"#/arrived/{i}/sku", "unknown_line", said))
        for name in ("accepted", "damaged", "wrong_item"):
            if not 0 <= getattr(each, name) <= MOST_UNITS:
                said = _("{sku}: from 0 to {most} units.").format(sku=each.sku, most=MOST_UNITS)
                errors.append(at(f"#/arrived/{i}/{name}", "out_of_range", said))
    if len({each.sku for each in arrived}) < len(arrived):
        errors.append(at("#/arrived", "repeated", _("A product stands there twice.")))
    if not errors and not any(each.accepted or each.damaged or each.wrong_item or each.is_all for each in arrived):
        errors.append(at("#/arrived", "nothing", _("Say what arrived.")))
    if errors:
        raise InvalidPurchase("arrived: " + " ".join(error.detail for error in errors), errors=errors)


def _receive(receipt: Receipt, lines: Sequence[PurchaseOrderLine], arrived: Sequence[Arrived]) -> list[ReceiptLine]:
    """Count each line on, and write down what was wrong."""
    known = {line.product.sku: line for line in lines}
    came = []
    for each in arrived:
        line, units = known[each.sku], each.accepted + each.damaged
        if not units and not each.wrong_item and not (each.is_all and line.open):
            continue
        over = max(0, units - line.open)
        line.received += units
        short = line.open if each.is_all else 0
        line.cancelled += short
        came.append(
            ReceiptLine(
                receipt=receipt,
                purchase_line=line,
                accepted=each.accepted,
                damaged=each.damaged,
                over=over,
                wrong_item=each.wrong_item,
                short=short,
            )
        )
    if not came:
        raise InvalidPurchase(_("arrived: nothing of these lines is to come any more."))
    PurchaseOrderLine.objects.bulk_update(lines, ["received", "cancelled"])
    return ReceiptLine.objects.bulk_create(came)


def _tell(
    row: PurchaseOrder,
    receipt: Receipt,
    lines: Sequence[PurchaseOrderLine],
    came: Sequence[ReceiptLine],
    *,
    by: Actor,
) -> None:
    emit(
        GoodsReceived(
            order_id=None,
            purchase_order=row.number,
            supplier=row.supplier.code,
            warehouse=row.warehouse.code,
            receipt=receipt.public_id,
            is_complete=not any(line.open for line in lines),
            lines=tuple(
                BoughtUnits(sku=each.purchase_line.product.sku, quantity=each.accepted + each.damaged) for each in came
            ),
        )
    )
    facts = {
        "short": sum(each.short for each in came),
        "over": sum(each.over for each in came),
        "damaged": sum(each.damaged for each in came),
        "wrong": sum(each.wrong_item for each in came),
    }
    if any(facts.values()):
        open_exception(
            order_id=None,
            category=RECEIPT_DIFFERS,
            subject_kind="receipt",
            subject_id=receipt.public_id,
            facts={"number": row.number, **facts},
            by=by,
        )


def _entries(row: PurchaseOrder, receipt: Receipt, came: ReceiptLine) -> list[Entry]:
    """To the dock, or aside; at most two movements."""
    places = ((came.accepted, 0, BinKind.RECEIVING), (came.damaged, came.damaged, BinKind.QUARANTINE))
    return [
        Entry(
            kind=MovementKind.RECEIVED,
            product_id=came.purchase_line.product_id,
            warehouse_id=row.warehouse_id,
            on_hand=units,
            unavailable=unavailable,
            bin_id=open_station(row.warehouse_id, kind).pk,
            bin=units,
            reason=receipt.public_id,
        )
        for units, unavailable, kind in places
        if units
    ]


def _plan_put_away(row: PurchaseOrder, came: Sequence[ReceiptLine]) -> None:
    PutAwayTask.objects.bulk_create(
        PutAwayTask(
            warehouse_id=row.warehouse_id,
            receipt_line=each,
            product_id=each.purchase_line.product_id,
            quantity=each.accepted,
            bin_id=suggest_bin(spots(row.warehouse_id, each.purchase_line.product_id)),
        )
        for each in came
        if each.accepted
    )
