"""Reorder: a new draft of the goods of an earlier order, at today's prices; from a cancelled order or any other."""

from dataclasses import dataclass

from django.utils import timezone

from orders.drafts import DraftBuyer, DraftLine, PriceMove
from orders.errors import NotReorderable
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import Draft, Order, OrderLine
from orders.requests import OrderRequest
from orders.selectors import offers_method
from orders.services.answer_draft import CALL_BACK, answer_expired_draft
from orders.services.change import until_still
from orders.services.draft import create_draft
from orders.services.exception import open_exception
from orders.states import INVISIBLE, OrderStatus

_NEVER_CAME = (OrderStatus.CANCELLED, OrderStatus.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Reordered:
    """The new draft, the lines whose products aren't sold any more, and those that cost something else today."""

    draft: Draft
    gone: tuple[OrderLine, ...] = ()
    moved: tuple[PriceMove, ...] = ()


def reorder(order_id: int, *, by: Actor) -> Reordered:
    """Begin the same order again: goods, customer, addresses; nothing of prices, discounts or payments.

    A customer who asks for it is called: staff place it with them. Asked twice, it is the same draft. Raises
    ``NotReorderable`` when none of the products is sold any more.
    """

    def once() -> Reordered:
        with work(by=by):
            order = locked_order(order_id)
            if order.status in INVISIBLE:
                raise NotReorderable("This order was never placed; go on with it instead.")
            is_customer = by.kind == ActorKind.CUSTOMER
            if is_customer and not order.channel.customers_reorder:
                raise NotReorderable("Write to us, and we order it again for you.")
            earlier = order.reorders.filter(order__status=OrderStatus.DRAFT, made_by=str(by)).first()
            if is_customer and earlier is not None:
                return Reordered(draft=earlier)
            lines = _bought(order)
            sold = [line for line in lines if line.product.is_active and line.product.currency == order.currency]
            if not sold:
                raise NotReorderable("Nothing of this order is sold any more.")
            draft = create_draft(_asked(order, sold), reorder_of=order, by=by)
            if is_customer:
                _ask_to_call(draft, by=by)
            answer_expired_draft(order, by=by)
            return Reordered(
                draft=draft,
                gone=tuple(line for line in lines if line not in sold),
                moved=tuple(
                    PriceMove(line=line, before=line.unit_price, now=line.product.price)
                    for line in sold
                    if line.product.price != line.unit_price
                ),
            )

    return until_still(once)


def _bought(order: Order) -> list[OrderLine]:
    """The lines as the customer chose them; of an order that goes on, those that they still want."""
    lines = order.lines.select_related("product").filter(parent=None, replaces=None).order_by("position")
    return [line for line in lines if _units(order, line)]


def _units(order: Order, line: OrderLine) -> int:
    return line.ordered if order.status in _NEVER_CAME else line.active


def _asked(order: Order, lines: list[OrderLine]) -> OrderRequest:
    country = str(order.shipping_address.get("country", ""))
    method = order.shipping_method
    is_offered = method is not None and offers_method(order.channel_id, method.code, country)
    return OrderRequest(
        channel=order.channel.code,
        currency=order.currency,
        customer=DraftBuyer(
            customer_id=order.customer_id,
            email=order.email,
            name=order.customer_name,
            phone=order.phone,
            language=order.language,
        ),
        shipping_address=order.shipping_address,
        billing_address=order.billing_address,
        shipping_method=method.code if method is not None and is_offered else "",
        lines=tuple(
            DraftLine(sku=line.product.sku, quantity=_units(order, line), accepts_substitutes=line.accepts_substitutes)
            for line in lines
        ),
    )


def _ask_to_call(draft: Draft, *, by: Actor) -> None:
    draft.call_back_at = draft.call_back_asked_at = timezone.now()
    draft.save(update_fields=["call_back_at", "call_back_asked_at"])
    open_exception(
        order_id=draft.order_id,
        category=CALL_BACK,
        subject_kind="draft",
        subject_id=draft.public_id,
        facts={"draft": draft.order.number},
        by=by,
    )
