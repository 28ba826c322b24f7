"""Write down orders that were made, shipped and paid elsewhere; used by ``manage.py import_orders``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from orders.addresses import fingerprint
from orders.errors import WrongCurrency
from orders.events import OrderImported
from orders.history import (
    PastOrder,
    PastProduct,
    Source,
    cancellation_lines,
    cancellation_row,
    charge_row,
    customer_key,
    customer_row,
    line_rows,
    order_row,
    payment_row,
    product_row,
    refund_rows,
)
from orders.kernel.actor import Actor
from orders.kernel.ids import order_number
from orders.kernel.work import emit, note_locked, work
from orders.locks import locked_channel
from orders.models import (
    Channel,
    Customer,
    CustomerAddress,
    Order,
    OrderCancellation,
    OrderCancellationLine,
    OrderLine,
    Partner,
    Payment,
    PaymentTransaction,
    Product,
    Refund,
)
from orders.states import OrderStatus

_LINES_PER_INSERT = 1_000
_COMPARED = ("number", "external_ref", "total", "refunded_total")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """External references: of the orders made now, of those known before, and known with other money."""

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
    """Insert orders in their final state: delivered or cancelled; no stock moves, no mail, no gateway.

    Orders known by their reference stay as they are, so repeating is harmless. ``products`` must name every
    sku that the catalogue may lack; such products are made inactive. ``rehearse`` does all of it, lets the
    database check it, and rolls back. Raises ``WrongCurrency`` when the channel has another one.
    """
    with work(by=by):
        with transaction.atomic():
            channel, partner = source_rows(source)
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


def source_rows(source: Source) -> tuple[Channel, Partner]:
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
    """Orders are known by the partner's reference; those that come back to their own house, by their number."""
    told = {past.external_ref: (past.total, past.refunded) for past in history}
    refs = {past.number: past.external_ref for past in history if past.number}
    rows = Order.objects.exclude(status=OrderStatus.DECLINED).values_list(*_COMPARED)
    here = rows.filter(partner=partner, external_ref__in=list(told))
    found = [*rows.filter(number__in=list(refs)), *here] if refs else here
    known = {(ref if ref in told else refs[number]): (total, refunded) for number, ref, total, refunded in found}
    return Recorded(
        created=frozenset(told.keys() - known.keys()),
        unchanged=frozenset(ref for ref, money in known.items() if money == told[ref]),
        differing=frozenset(ref for ref, money in known.items() if money != told[ref]),
    )


def _insert(
    history: Sequence[PastOrder], *, channel: Channel, partner: Partner, products: Mapping[str, PastProduct]
) -> list[Order]:
    product_ids = _product_ids((line.sku for past in history for line in past.lines), products, channel)
    customer_ids = _customer_ids(history, channel)
    lines_of = [line_rows(past, product_ids, channel) for past in history]
    orders = [
        order_row(past, lines, channel=channel, partner=partner, customer_id=customer_ids[customer_key(past, channel)])
        for past, lines in zip(history, lines_of, strict=True)
    ]
    _renumber(orders)
    Order.objects.bulk_create(orders)
    note_locked(order.pk for order in orders)
    for order, lines in zip(orders, lines_of, strict=True):
        for line in lines:
            line.order = order
    OrderLine.objects.bulk_create([line for lines in lines_of for line in lines], batch_size=_LINES_PER_INSERT)
    _keep_addresses(orders)
    _insert_money(orders)
    _insert_cancellations(history, orders, lines_of)
    return orders


def _insert_money(orders: Sequence[Order]) -> None:
    payments = [payment_row(order) for order in orders if order.captured_total]
    refunds = [refund_rows(payment) for payment in payments if payment.refunded_amount]
    Payment.objects.bulk_create(payments)
    Refund.objects.bulk_create([refund for refund, _sent in refunds])
    PaymentTransaction.objects.bulk_create(
        [*(charge_row(payment) for payment in payments), *(sent for _refund, sent in refunds)]
    )


def _insert_cancellations(
    history: Sequence[PastOrder], orders: Sequence[Order], lines_of: Sequence[Sequence[OrderLine]]
) -> None:
    off = [
        (cancellation_row(order, past), lines)
        for past, order, lines in zip(history, orders, lines_of, strict=True)
        if past.cancelled_at
    ]
    OrderCancellation.objects.bulk_create([cancellation for cancellation, _lines in off])
    OrderCancellationLine.objects.bulk_create(
        [row for cancellation, lines in off for row in cancellation_lines(cancellation, lines)]
    )


def _product_ids(skus: Iterable[str], products: Mapping[str, PastProduct], channel: Channel) -> dict[str, int]:
    wanted = set(skus)
    known = dict(Product.objects.filter(sku__in=wanted).values_list("sku", "id"))
    missing = sorted(wanted - known.keys())
    rows = [product_row(sku, products[sku], channel) for sku in missing]
    Product.objects.bulk_create(rows, ignore_conflicts=True)
    return known | dict(Product.objects.filter(sku__in=missing).values_list("sku", "id"))


def _customer_ids(history: Sequence[PastOrder], channel: Channel) -> dict[str, int]:
    """Customers by mail address or reference; what is known of an existing one stays as it is."""
    wanted = {customer_key(past, channel): customer_row(past, channel) for past in history}
    known = _survivors(wanted)
    missing = sorted(wanted.keys() - known.keys())
    Customer.objects.bulk_create([wanted[key] for key in missing], ignore_conflicts=True)
    return known | _survivors(missing)


def _survivors(keys: Iterable[str]) -> dict[str, int]:
    """The customers of these addresses or references; of a merged one, whom it was merged into."""
    keys = list(keys)
    rows = Customer.objects.filter(Q(email__in=keys) | Q(email=None, reference__in=keys))
    told = rows.values_list("email", "reference", Coalesce("merged_into_id", "id"))
    return {str(email or reference): pk for email, reference, pk in told}


def _keep_addresses(orders: Sequence[Order]) -> None:
    """What is known of where they live goes into their address books, as with any order."""
    CustomerAddress.objects.bulk_create(
        [
            CustomerAddress(
                customer_id=order.customer_id,
                fingerprint=fingerprint(address),
                address=dict(address),
                last_used_at=order.placed_at,
            )
            for order in orders
            for address in (order.shipping_address, order.billing_address)
            if address and address.get("line1")
        ],
        ignore_conflicts=True,
    )


def _renumber(orders: Sequence[Order]) -> None:
    """Give other numbers to those whose random one is taken: one in 200 imports of 5,000 into a million would fail."""
    while taken := set(Order.objects.filter(number__in=[o.number for o in orders]).values_list("number", flat=True)):
        for order in orders:
            if order.number in taken:
                order.number = order_number()


def _imported(order: Order) -> OrderImported:
    return OrderImported(order_id=order.pk, number=order.number, total=order.total, currency=order.currency)
