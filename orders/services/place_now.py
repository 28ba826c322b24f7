"""Place an order that was composed: at once, or when its gateways have answered. Writes nothing."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone

from orders.derivation import payment_status
from orders.kernel.money import ZERO
from orders.models import Channel, Order
from orders.services.tender import Tender
from orders.services.wants import Want
from orders.states import CaptureAt, OrderStatus

# So long the money that a gateway reserved can be taken, in days; cards usually allow seven.
RESERVATION_DAYS = 5


def authorize_on(tenders: Sequence[Tender], wants: Sequence[Want], channel: Channel) -> datetime | None:
    """When the gateways of a preorder are asked: shortly before anything leaves, as no reservation lasts for months.

    None: at once, as for all that has a line which leaves earlier, and where the channel doesn't wait for the bill.
    """
    if channel.capture_at != CaptureAt.DISPATCH or not any(tender.asks_gateway for tender in tenders):
        return None
    today = timezone.localdate()
    first = min((want.need.not_before or today for want in wants), default=today)
    late = first - timedelta(days=RESERVATION_DAYS)
    return timezone.make_aware(datetime.combine(late, time.min)) if late > today else None


def place_now(order: Order, tenders: Sequence[Tender], *, asks_at: datetime | None = None) -> None:
    """What needs nobody outside is placed at once, and confirmed when it is paid, free, or paid at the door.

    Else it is submitted, as a new order is from the beginning. ``asks_at``: not before are its gateways asked, and
    its time to pay doesn't begin before. The caller saves.
    """
    order.authorized_total = sum((tender.amount for tender in tenders if tender.value), ZERO)
    if asks_at is not None or not any(tender.asks_gateway for tender in tenders):
        now = timezone.now()
        order.place(at=now)
        is_by_hand = any(tender.value is None and not tender.asks_gateway for tender in tenders)
        if order.balance <= ZERO or (is_by_hand and order.channel.confirms_manual_at_once):
            order.confirm(at=now)
        else:
            order.expires_at = order.channel.unpaid_until(asks_at or now)
    elif order.status == OrderStatus.DRAFT:
        order.submit()
    order.payment_status = payment_status(order)
