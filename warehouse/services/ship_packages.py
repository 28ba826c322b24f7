"""Ship: packages leave the building and their goods the books; called by the shipping floor at dispatch."""

from collections import Counter
from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders
from orders.models import Order, OrderLine
from orders.services.count import Change, count
from warehouse.errors import NotShippable
from warehouse.events import PackagesShipped
from warehouse.locks import locked_fulfillment_orders, locked_packages
from warehouse.models import Backorder, FulfillmentOrder, FulfillmentOrderLine, Package, PackageLine
from warehouse.services.book import Entry, book_stock
from warehouse.services.open_station import open_station
from warehouse.services.respect_policy import refuse_if_incomplete
from warehouse.services.save_rows import save_rows
from warehouse.services.settle_work import settle_work
from warehouse.states import BackorderStatus, BinKind, MovementKind, PackageStatus


def ship_packages(package_ids: Collection[int], *, by: Actor) -> list[Package]:
    """Let labelled packages leave: on hand, allocations and counters fall, finished work is closed.

    1 lock 2 guard 3 save packages and work 4 count 5 tell 6 book the stock of all packages in one statement,
    last, so that hot rows are held shortest. Raises ``NotShippable``, ``NotComplete``.
    """
    with work(by=by):
        orders, packages, rows = _locked(package_ids)
        if any(package.status != PackageStatus.LABELLED for package in packages) or not packages:
            raise NotShippable(_("Only a labelled package can leave."))
        refuse_if_incomplete(orders)
        contents = list(
            PackageLine.objects.filter(package__in=packages)
            .select_related("fulfillment_line__line", "package")
            .order_by("pk")
        )
        for package in packages:
            package.ship()
        save_rows(packages, ["status"])
        _count_work(contents)
        for order_id in sorted({row.order_id for row in rows.values()}):
            _count_order(order_id, [c for c in contents if c.fulfillment_line.line.order_id == order_id])
        settle_work(rows.values())
        book_stock(_entries(contents, rows))
        return packages


def _locked(package_ids: Collection[int]) -> tuple[list[Order], list[Package], dict[int, FulfillmentOrder]]:
    owners = Package.objects.filter(pk__in=package_ids).values_list("fulfillment_order_id", "fulfillment_order__order")
    orders = locked_orders(order for _row, order in owners)
    rows = {row.pk: row for row in locked_fulfillment_orders(row for row, _order in owners)}
    return orders, locked_packages(package_ids), rows


def _count_work(contents: Sequence[PackageLine]) -> None:
    shipped: Counter[int] = Counter()
    for content in contents:
        shipped[content.fulfillment_line_id] += content.quantity
    lines = list(FulfillmentOrderLine.objects.filter(pk__in=shipped))
    for line in lines:
        line.shipped += shipped[line.pk]
    FulfillmentOrderLine.objects.bulk_update(lines, ["shipped"])


def _count_order(order_id: int, contents: Sequence[PackageLine]) -> None:
    shipped: Counter[OrderLine] = Counter()
    for content in contents:
        shipped[content.fulfillment_line.line] += content.quantity
    count(order_id, {line.pk: Change(allocated=-n, shipped=n) for line, n in shipped.items()})
    done = [line.pk for line, n in shipped.items() if line.open == n]
    backorders = list(Backorder.objects.filter(line__in=done, status=BackorderStatus.ALLOCATED))
    for backorder in backorders:
        backorder.fulfill()
    save_rows(backorders, ["status"])
    emit(
        PackagesShipped(
            order_id=order_id,
            packages=tuple(sorted({content.package.public_id for content in contents})),
            lines=tuple(
                LineQuantity(line=line.public_id, sku=line.sku, quantity=n)
                for line, n in sorted(shipped.items(), key=lambda item: item[0].position)
            ),
        )
    )


def _entries(contents: Sequence[PackageLine], rows: dict[int, FulfillmentOrder]) -> list[Entry]:
    """What leaves, package by package, from the packing station of its warehouse."""
    warehouses = {row.warehouse_id for row in rows.values() if row.warehouse_id is not None}
    stations = {pk: open_station(pk, BinKind.PACKING).pk for pk in warehouses}
    entries = []
    for content in contents:
        warehouse_id = rows[content.fulfillment_line.fulfillment_order_id].warehouse_id
        if warehouse_id is None:
            continue  # a supplier's parcel: none of our goods leave
        entries.append(
            Entry(
                kind=MovementKind.SHIPPED,
                product_id=content.fulfillment_line.line.product_id,
                warehouse_id=warehouse_id,
                on_hand=-content.quantity,
                allocated=-content.quantity,
                bin_id=stations[warehouse_id],
                bin=-content.quantity,
                line_id=content.fulfillment_line.line_id,
                package_id=content.package_id,
            )
        )
    return entries
