"""Watch what suppliers owe: a day that passed without goods asks a person, and whoever waits is told."""

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.services.exception import open_exception
from warehouse.locks import locked_purchase
from warehouse.services.follow_supply import follow_supply
from warehouse.services.settle_purchase import overdue
from warehouse.states import COMING, SUPPLIER_LATE


def watch_purchase(purchase_order_id: int, *, by: Actor) -> bool:
    """Ask about goods that should have come before today; False when they have come meanwhile.

    The customers' days lie behind the supplier's, so they hear of it before theirs have passed. The question closes
    once the goods are here, another day is named, or nothing is open any more.
    """
    with work(by=by):
        row, lines = locked_purchase(purchase_order_id)
        late = overdue(lines)
        if row.status not in COMING or not late:
            return False
        open_exception(
            order_id=None,
            category=SUPPLIER_LATE,
            subject_kind="purchase_order",
            subject_id=row.public_id,
            facts={
                "supplier": row.supplier.name,
                "number": row.number,
                "units": sum(line.open for line in late),
                "day": min(line.expected_on for line in late if line.expected_on),
            },
            by=by,
        )
        follow_supply({line.product_id for line in late}, by=by)
        return True
