"""Everything that the customer's page says about an order, as one frozen read model."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.bundles import components_of, moving, sold
from orders.gateways import online
from orders.kernel.documents import Formats
from orders.kernel.money import ZERO
from orders.models import (
    CreditNote,
    DeliveryPromise,
    DigitalGood,
    Feedback,
    Invoice,
    Order,
    OrderChange,
    OrderEvent,
    OrderHold,
    OrderLine,
    Payment,
)
from orders.order_words import LineState, Sentence, Step, delay, line_states, sentence, steps
from orders.selectors import due_by_link, open_link
from orders.states import ChangeStatus, FulfillmentState, LineKind, OrderStatus, PaymentStatus, PromiseKind
from orders.timeline_words import Entry, told
from orders.ways_to_pay import owed_here, takes_transfers

_OVER = (OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)
DELIVERED = "shipment.delivered"  # the public name of the event; its class stands on the shipping floor


@dataclass(frozen=True, kw_only=True)
class PagePart:
    """A component of a bundle; ``states`` as long as its bundle isn't in one place."""

    name: str
    quantity: int
    states: tuple[LineState, ...]


@dataclass(frozen=True, kw_only=True)
class PageLine:
    """One product of the order and how it stands with it; ``due`` and ``delay`` while it isn't there."""

    id: str
    name: str
    sku: str
    quantity: int
    amount: str
    states: tuple[LineState, ...]
    due: str
    delay: str
    parts: tuple[PagePart, ...]


@dataclass(frozen=True, kw_only=True)
class Download:
    """What a digital line delivers; its codes are shown elsewhere, to whoever proves that they are theirs."""

    name: str
    url: str
    text: str
    codes: int


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One row of the totals; ``kind`` is ``part``, ``total`` or ``note``."""

    name: str
    amount: str
    kind: str = "part"


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    """What the customer reads, and what they can do."""

    sentence: Sentence
    steps: tuple[Step, ...]
    payment_action: Payment | None
    pay_due: Decimal
    bank_account: tuple[str, ...]
    lines: tuple[PageLine, ...]
    sums: tuple[Sum, ...]
    invoices: tuple[Invoice, ...]
    credit_notes: tuple[CreditNote, ...]
    timeline: tuple[Entry, ...]
    delivery: tuple[str, ...]
    downloads: tuple[Download, ...]
    feedback: Feedback | None
    wish: OrderChange | None
    waits: bool  # for goods: the floor that knows shows what can be done
    can_cancel: bool
    can_change: bool
    can_reorder: bool
    can_give_feedback: bool


def order_page(order: Order) -> OrderPage:
    """Read the page of ``order`` in its language, activated by the caller; nine statements whatever its size.

    What is digital takes one more.
    """
    everything = list(order.lines.order_by("position"))
    lines, units = sold(everything), moving(everything)
    events = list(order.events.filter(public=True).order_by("seq"))
    holds = list(order.holds.filter(released_at=None))
    payments = list(order.payments.filter(status__in=[PaymentStatus.REQUIRES_ACTION, PaymentStatus.PENDING]))
    payment = next((p for p in payments if p.status == PaymentStatus.REQUIRES_ACTION and p.action_url), None)
    pay_due = _pay_due(order, holds, payments)
    feedback = order.feedback.filter(line=None).first()
    wish = order.changes.filter(status__in=[ChangeStatus.REQUESTED, ChangeStatus.DECLINED]).order_by("-id").first()
    return OrderPage(
        sentence=sentence(
            order,
            lines,
            today=timezone.localdate(),
            holds=holds,
            must_act=payment is not None,
            pays_later=any(p.status == PaymentStatus.PENDING and p.gateway in online() for p in payments),
            delivered_on=_delivered_on(events),
        ),
        steps=tuple(steps(order)),
        payment_action=payment,
        pay_due=pay_due,
        bank_account=order.channel.bank_account if pay_due and not payment and takes_transfers(order) else (),
        lines=_lines(order, lines, components_of(everything)),
        sums=tuple(sums(order)),
        invoices=tuple(order.invoices.all()),
        credit_notes=tuple(order.credit_notes.all()),
        timeline=tuple(reversed(told(events, language=order.language))),
        delivery=_delivery(order),
        downloads=_downloads(lines),
        feedback=feedback,
        wish=wish,
        waits=any(line.backordered and not line.ships_on for line in lines),
        can_cancel=_can_cancel(order, units),
        can_change=_can_change(order, lines, wish),
        can_reorder=order.channel.customers_reorder and order.status in _OVER,
        can_give_feedback=feedback is None
        and order.fulfillment_status in {FulfillmentState.DELIVERED, FulfillmentState.PARTIALLY_DELIVERED},
    )


def _pay_due(order: Order, holds: Sequence[OrderHold], payments: Sequence[Payment]) -> Decimal:
    """What can be paid on a page of ours right now: by the link that is open, or all that is owed here."""
    if order.balance <= 0:
        return ZERO
    link = open_link(order.pk)
    return due_by_link(order, link) if link else owed_here(order, holds=holds, payments=payments)


def sums(order: Order) -> list[Sum]:
    """The way from the items to the total, then what was paid of it; a step of nothing is left out."""

    def money(amount: Decimal) -> str:
        return Formats(order.language).money(amount, order.currency)

    steps = [(_("Items"), order.items_total), (_("Discount"), -order.discount_total)]
    rows = [Sum(name=name, amount=money(amount)) for name, amount in steps if amount]
    if order.items_total or order.shipping_total:
        rows.append(Sum(name=_("Shipping"), amount=money(order.shipping_total) if order.shipping_total else _("Free")))
    if order.tax_total and not order.prices_include_tax:
        rows.append(Sum(name=_("VAT"), amount=money(order.tax_total)))
    rows.append(Sum(name=_("Total"), amount=money(order.total), kind="total"))
    if order.tax_total and order.prices_include_tax:
        rows.append(Sum(name=_("VAT included"), amount=money(order.tax_total), kind="note"))
    reserved = order.authorized_total - order.captured_total
    paid = [
        (_("Reserved, not charged yet"), reserved),
        (_("Charged"), order.captured_total),
        (_("Sent back to you"), order.refunded_total),
    ]
    return rows + [Sum(name=name, amount=money(amount), kind="note") for name, amount in paid if amount]


def _lines(
    order: Order, lines: Sequence[OrderLine], components: Mapping[int, Sequence[OrderLine]]
) -> tuple[PageLine, ...]:
    promises = _promises(lines)
    return tuple(_line(order, line, promises[line.pk], components.get(line.pk, ())) for line in lines)


def _line(
    order: Order, line: OrderLine, promises: Sequence[DeliveryPromise], components: Sequence[OrderLine]
) -> PageLine:
    told = {part.pk: tuple(line_states(part, order)) for part in components}
    is_apart = len(set(told.values())) > 1
    formats = Formats(order.language)
    return PageLine(
        id=line.public_id,
        name=line.name,
        sku=line.sku,
        quantity=line.ordered,
        amount=formats.money(line.unit_price * line.active, order.currency) if line.active else "",
        states=tuple(line_states(line, order)),
        due=formats.day(line.promised_on) if line.promised_on and line.delivered < line.due else "",
        delay=delay(
            line,
            first_promised_on=promises[0].promised_on if promises else None,
            reason=promises[-1].reason if promises else "",
            today=timezone.localdate(),
            language=order.language,
        ),
        parts=tuple(
            PagePart(name=part.name, quantity=part.ordered, states=told[part.pk] if is_apart else ())
            for part in components
        ),
    )


def _downloads(lines: Sequence[OrderLine]) -> tuple[Download, ...]:
    """What was delivered of digital lines; no statement when there are none."""
    delivered = [line for line in lines if line.kind == LineKind.DIGITAL and line.delivered]
    if not delivered:
        return ()
    goods = {
        good.product_id: good
        for good in DigitalGood.objects.filter(product__in=[line.product_id for line in delivered])
    }
    return tuple(
        Download(name=line.name, url=good.url, text=good.text, codes=line.delivered if good.uses_codes else 0)
        for line in delivered
        if (good := goods.get(line.product_id))
    )


def _promises(lines: Sequence[OrderLine]) -> dict[int, list[DeliveryPromise]]:
    """Every date given, oldest first, by line."""
    found: defaultdict[int, list[DeliveryPromise]] = defaultdict(list)
    for promise in DeliveryPromise.objects.filter(line__in=lines, kind=PromiseKind.PROMISE).order_by("id"):
        found[promise.line_id].append(promise)
    return found


def _delivered_on(events: Sequence[OrderEvent]) -> date | None:
    return max((timezone.localdate(event.occurred_at) for event in events if event.type == DELIVERED), default=None)


def _delivery(order: Order) -> tuple[str, ...]:
    """Where it goes, without the street: whoever finds an open link shall not learn where somebody lives."""
    address = order.shipping_address
    place = f"{address.get('postal_code', '')} {address.get('city', '')}".strip()
    method = order.shipping_method.name if order.shipping_method else ""
    return tuple(part for part in (address.get("name", ""), place, method) if part)


def _can_change(order: Order, lines: Sequence[OrderLine], wish: OrderChange | None) -> bool:
    """Whether asking makes sense: nothing is packed, and nothing else is asked for."""
    is_asking = wish is not None and wish.status == ChangeStatus.REQUESTED
    return not is_asking and _can_cancel(order, lines) and not any(line.packed for line in lines)


def _can_cancel(order: Order, lines: Sequence[OrderLine]) -> bool:
    """Whether asking makes sense; the service decides."""
    is_open = order.status in {OrderStatus.PLACED, OrderStatus.CONFIRMED}
    return is_open and not any(line.shipped for line in lines) and any(line.active for line in lines)
