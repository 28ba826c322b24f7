"""Write down orders that were made, shipped and paid elsewhere; used by ``manage.py import_orders``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Coalesce

from orders.errors import WrongCurrency
from orders.events import OrderImported
from orders.history import (
    PastOrder,
    PastProduct,
    Source,
    charge_row,
    customer_reference,
    customer_row,
    line_rows,
    order_row,
    payment_row,
    product_row,
)
from orders.kernel.actor import Actor
from orders.kernel.ids import order_number
from orders.kernel.work import emit, note_locked, work
from orders.locks import locked_channel
from orders.models import Channel, Customer, Order, OrderLine, Partner, Payment, PaymentTransaction, Product

_LINES_PER_INSERT = 1_000


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """External references: of the orders made now, of those known before, and known with another total."""

    created: frozenset[str]
    unchanged: frozenset[str]
    differing: frozenset[str]


def record_history(
    history: Sequence[PastOrder],
    *,
    source: Source,
    products: Mapping[str, PastProduct],
    by: Actor,
    rehearse: bool = False,
) -> Recorded:
    """Insert orders in their final state: delivered, paid, completed; no stock moves, no mail, no gateway.

    Orders known by their reference stay as they are, so repeating is harmless. ``products`` must name every
    sku that the catalogue may lack; such products are made inactive. ``rehearse`` does all of it, lets the
    database check it, and rolls back. Raises ``WrongCurrency`` when the channel has another one.
    """
    with work(by=by):
        with transaction.atomic():
            channel, partner = _source(source)
            recorded = _compare(history, partner)
            orders = _insert(
                [past for past in history if past.external_ref in recorded.created],
                channel=channel,
                partner=partner,
                products=products,
            )
            if rehearse:
                connection.check_constraints()
                transaction.set_rollback(True)
        if not rehearse:
            for order in orders:
                emit(_imported(order))
    return recorded


def _source(source: Source) -> tuple[Channel, Partner]:
    """Channel and partner, made when they are new; the channel's lock lets only one import write at a time."""
    Channel.objects.get_or_create(
        code=source.code,
        defaults={"name": source.name, "brand_name": source.name, "currency": source.currency},
    )
    channel = locked_channel(source.code)
    if channel.currency != source.currency:
        raise WrongCurrency(f"Channel {channel.code} is in {channel.currency}, this history in {source.currency}.")
    partner, is_new = Partner.objects.get_or_create(code=source.code, defaults={"name": source.name})
    if is_new:
        partner.channels.add(channel)
    return channel, partner


def _compare(history: Sequence[PastOrder], partner: Partner) -> Recorded:
    totals = {past.external_ref: past.total for past in history}
    known = dict(
        Order.objects.filter(partner=partner, external_ref__in=list(totals)).values_list("external_ref", "total")
    )
    return Recorded(
        created=frozenset(totals.keys() - known.keys()),
        unchanged=frozenset(ref for ref, total in known.items() if total == totals[ref]),
        differing=frozenset(ref for ref, total in known.items() if total != totals[ref]),
    )


def _insert(
    history: Sequence[PastOrder], *, channel: Channel, partner: Partner, products: Mapping[str, PastProduct]
) -> list[Order]:
    product_ids = _product_ids((line.sku for past in history for line in past.lines), products, channel)
    customer_ids = _customer_ids((past.customer for past in history), channel)
    lines_of = [line_rows(past, product_ids, channel) for past in history]
    orders = [
        order_row(past, lines, channel=channel, partner=partner, customer_id=customer_ids[past.customer])
        for past, lines in zip(history, lines_of, strict=True)
    ]
    _renumber(orders)
    Order.objects.bulk_create(orders)
    note_locked(order.pk for order in orders)
    for order, lines in zip(orders, lines_of, strict=True):
        for line in lines:
            line.order = order
    OrderLine.objects.bulk_create([line for lines in lines_of for line in lines], batch_size=_LINES_PER_INSERT)
    payments = [payment_row(order) for order in orders if order.total]
    Payment.objects.bulk_create(payments)
    PaymentTransaction.objects.bulk_create([charge_row(payment) for payment in payments])
    return orders


def _product_ids(skus: Iterable[str], products: Mapping[str, PastProduct], channel: Channel) -> dict[str, int]:
    wanted = set(skus)
    known = dict(Product.objects.filter(sku__in=wanted).values_list("sku", "id"))
    missing = sorted(wanted - known.keys())
    rows = [product_row(sku, products[sku], channel) for sku in missing]
    Product.objects.bulk_create(rows, ignore_conflicts=True)
    return known | dict(Product.objects.filter(sku__in=missing).values_list("sku", "id"))


def _customer_ids(numbers: Iterable[str], channel: Channel) -> dict[str, int]:
    wanted = {customer_reference(number, channel): number for number in numbers}
    known = _survivors(wanted)
    missing = sorted(wanted.keys() - known.keys())
    rows = [customer_row(wanted[reference], channel) for reference in missing]
    Customer.objects.bulk_create(rows, ignore_conflicts=True)
    known |= _survivors(missing)
    return {wanted[str(reference)]: pk for reference, pk in known.items()}


def _survivors(references: Iterable[str]) -> dict[str, int]:
    """The customers of these references; of a merged one, whom it was merged into."""
    known = Customer.objects.filter(reference__in=list(references))
    return dict(known.values_list("reference", Coalesce("merged_into_id", "id")))


def _renumber(orders: Sequence[Order]) -> None:
    """Give other numbers to those whose random one is taken: one in 200 imports of 5,000 into a million would fail."""
    while taken := set(Order.objects.filter(number__in=[o.number for o in orders]).values_list("number", flat=True)):
        for order in orders:
            if order.number in taken:
                order.number = order_number()


def _imported(order: Order) -> OrderImported:
    return OrderImported(order_id=order.pk, number=order.number, total=order.total, currency=order.currency)
