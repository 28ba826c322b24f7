"""What the ground floor shows: querysets tuned for one screen or one page of the API each."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum, TextField, When
from django.db.models.functions import Cast, JSONObject, Reverse
from django.utils import timezone

from orders.kernel.money import ZERO
from orders.kernel.secret import opened
from orders.models import (
    AccessCode,
    ApiKey,
    BundleComponent,
    DigitalCode,
    DigitalGood,
    Draft,
    IdempotencyKey,
    Order,
    OrderChange,
    OrderEvent,
    OrderHold,
    OrderLine,
    Partner,
    Payment,
    PaymentLink,
    ProcessException,
    Product,
    Refund,
    ShippingMethod,
    StoreCredit,
)
from orders.models.access_code import MOST_ATTEMPTS
from orders.models.line import UNDELIVERED
from orders.phones import endings
from orders.states import INVISIBLE, ExceptionStatus, OrderStatus, PaymentLinkStatus

_ON_THE_WAY = timedelta(hours=25)  # a page is open for a day at most


def visible_orders() -> QuerySet[Order]:
    """The orders that the world knows of; a draft that was given up never was one."""
    return Order.objects.exclude(status__in=INVISIBLE).exclude(status=OrderStatus.EXPIRED, placed_at=None)


def drafts_among(order_ids: Iterable[int]) -> set[int]:
    """Those of the orders (pks) that began as drafts and aren't placed yet."""
    return set(Draft.objects.filter(order__in=set(order_ids), order__placed_at=None).values_list("order", flat=True))


def partner_drafts(partner: Partner) -> QuerySet[Draft]:
    """The drafts that a partner made and that are still to be placed."""
    return open_drafts().filter(order__partner=partner)


def open_drafts() -> QuerySet[Draft]:
    """What is still to be placed; while its gateway is asked, too."""
    return Draft.objects.filter(order__status__in=[OrderStatus.DRAFT, OrderStatus.SUBMITTED])


def all_drafts_of(partner: Partner) -> QuerySet[Draft]:
    """All that a partner ever began, placed and given up ones too."""
    return Draft.objects.filter(order__partner=partner)


def shown_drafts(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Drafts with what the API shows of them."""
    lines = Prefetch("order__lines", OrderLine.objects.select_related("product").order_by("position"))
    return drafts.select_related("order__channel", "order__shipping_method").prefetch_related(lines)


def partner_orders(partner: Partner) -> QuerySet[Order]:
    """The visible orders that a partner created."""
    return visible_orders().filter(partner=partner)


def with_phone(rows: QuerySet[Any], text: str) -> QuerySet[Any] | None:
    """The rows whose phone is the number that ``text`` is, however both are written; None when it is no number.

    The index finds the last digits of its E.164 form; an extension doesn't count.
    """
    known = endings(text)
    if not known:
        return None
    backwards: QuerySet[Any] = rows.exclude(phone_e164="").alias(backwards=Reverse("phone_e164"))
    ends = Q()
    for digits in known:
        ends |= Q(backwards__startswith=digits[::-1])
    return backwards.filter(ends)


def usable_code(order_id: int) -> AccessCode | None:
    """The newest one-time code of an order, unless it was used, guessed at too often, or is too old."""
    code = AccessCode.objects.filter(order_id=order_id).order_by("-id").first()
    if code is None or code.used_at or code.attempts >= MOST_ATTEMPTS or code.expires_at <= timezone.now():
        return None
    return code


def payments_of_gateway(code: str) -> QuerySet[Payment]:
    """A gateway's payments with what its own page shows of them."""
    return Payment.objects.filter(gateway=code).select_related("order__channel")


def returning_payments() -> QuerySet[Payment]:
    """Payments whose customers may still be on their way back from the gateway's page."""
    return Payment.objects.filter(created_at__gte=timezone.now() - _ON_THE_WAY).select_related("order")


def open_differences(payment: Payment) -> QuerySet[ProcessException]:
    """The questions about what a payment's gateway says otherwise, as far as nobody has settled them."""
    return ProcessException.objects.filter(
        category__in=["reconciliation_difference", "gateway_mismatch"],
        subject_kind="payment",
        subject_id=payment.public_id,
        status=ExceptionStatus.OPEN,
    )


def goes_on(order_id: int) -> bool:
    """Whether something of the order is still to be sent, and no hold stops it."""
    holds = OrderHold.objects.filter(order=OuterRef("pk"), released_at=None)
    going = Order.objects.filter(pk=order_id, status__in=[OrderStatus.PLACED, OrderStatus.CONFIRMED])
    return going.filter(~Exists(holds)).exists()


def is_released(order_id: int) -> bool:
    """Whether the order has gone to the warehouse."""
    return Order.objects.filter(pk=order_id, status=OrderStatus.CONFIRMED).exists()


def shown_orders(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with all that the API shows of them, in two statements whatever their number.

    Payments and open holds come as JSON with the order, as ``shown_payments`` and ``shown_holds``.
    """
    payments = Payment.objects.filter(order=OuterRef("pk")).order_by("pk")
    held_lines = OrderLine.objects.filter(holds=OuterRef("pk")).order_by("position").values("public_id")
    holds = OrderHold.objects.filter(order=OuterRef("pk"), released_at=None).order_by("pk")
    return (
        orders.select_related("channel", "shipping_method")
        .prefetch_related("lines")
        .annotate(
            shown_payments=ArraySubquery(
                payments.values(
                    json=JSONObject(
                        public_id="public_id",
                        gateway="gateway",
                        status="status",
                        amount=Cast("amount", TextField()),
                        action_url="action_url",
                    )
                )
            ),
            shown_holds=ArraySubquery(
                holds.values(
                    json=JSONObject(
                        public_id="public_id",
                        reason="reason",
                        note="note",
                        release_at="release_at",
                        created_at="created_at",
                        lines=ArraySubquery(held_lines),
                    )
                )
            ),
        )
    )


def public_events(order_ids: Sequence[int]) -> QuerySet[OrderEvent]:
    """What a partner may read of the orders' timelines, oldest first."""
    return OrderEvent.objects.filter(order__in=order_ids, public=True).order_by("order", "seq")


def waiting_digital_orders(most: int = 200) -> list[int]:
    """Confirmed orders that owe nothing, with digital units that could be delivered now, the oldest first."""
    free = DigitalCode.objects.filter(good__product=OuterRef("product"), line=None)
    held = OrderHold.objects.filter(order=OuterRef("order"), released_at=None)
    pool = DigitalGood.objects.filter(product=OuterRef("product"), uses_codes=True)
    owed = F("order__total") - F("order__credited_total") - F("order__authorized_total") + F("order__refunded_total")
    lines = OrderLine.objects.annotate(owed=owed).filter(
        ~Exists(pool) | Exists(free), ~Exists(held), UNDELIVERED, order__status=OrderStatus.CONFIRMED, owed__lte=0
    )
    return list(lines.order_by("order").values_list("order", flat=True).distinct()[:most])


def orders_to_follow(today: date, most: int = 200) -> list[int]:
    """Orders with a line whose day has come, or was moved: its product's preorders leave on another one now.

    And those of which nothing is preordered any more: what waited along with it need not wait.
    """
    day = F("product__preorder_ships_on")
    has_come = Q(ships_on__lte=today) | Q(preordered__gt=0) & (
        Q(product__preorder_ships_on=None) | Q(product__preorder_ships_on__lte=today)
    )
    was_moved = Q(preordered__gt=0) & (Q(ships_on__lt=day) | Q(ships_on__gt=day, order__channel__ships_together=False))
    waits_for_nothing = ~Exists(OrderLine.objects.filter(order=OuterRef("order"), preordered__gt=0))
    follows = has_come | was_moved | waits_for_nothing
    alive = [OrderStatus.PLACED, OrderStatus.CONFIRMED]
    lines = OrderLine.objects.filter(follows, ships_on__isnull=False, order__status__in=alive)
    return list(lines.order_by("order").values_list("order", flat=True).distinct()[:most])


def given_codes(order_id: int) -> list[tuple[str, str]]:
    """Name of the product and code, for each code that the order's buyer has; they are secret."""
    codes = DigitalCode.objects.filter(line__order=order_id).select_related("line").order_by("line__position", "pk")
    return [(code.line.name, opened(code.sealed)) for code in codes if code.line]


def changes(order_id: int) -> QuerySet[OrderChange]:
    """What was changed of an order after its placement."""
    return OrderChange.objects.filter(order=order_id)


def change_answer(change: str) -> str:
    """What staff answered to a change (public id) that they declined."""
    return OrderChange.objects.values_list("answer", flat=True).get(public_id=change)


def line_names(order_id: int) -> set[str]:
    """The public ids of an order's lines."""
    return set(OrderLine.objects.filter(order_id=order_id).values_list("public_id", flat=True))


def products() -> QuerySet[Product]:
    """The catalogue; bundles with their components as the API shows them, in one statement."""
    return with_components(Product.objects.all())


def with_components(products: QuerySet[Product]) -> QuerySet[Product]:
    """With ``shown_components``: of a bundle, sku and quantity of each of its parts; None for all others."""
    components = BundleComponent.objects.filter(bundle=OuterRef("pk")).order_by("pk")
    as_json = ArraySubquery(components.values(json=JSONObject(sku="component__sku", quantity="quantity")))
    return products.annotate(shown_components=Case(When(is_bundle=True, then=as_json), default=None))


def product_ids(skus: Sequence[str]) -> dict[str, int]:
    """The products of these SKUs that are sold, by SKU."""
    return dict(Product.objects.filter(sku__in=skus, is_active=True).values_list("sku", "pk"))


def key_of_hash(key_hash: str) -> ApiKey | None:
    """The key of that hash with its partner, live or not, in one statement."""
    return ApiKey.objects.select_related("partner").filter(key_hash=key_hash).first()


def refund(refund_id: int) -> Refund:
    """A refund as it stands now."""
    return Refund.objects.get(pk=refund_id)


def open_link(order_id: int) -> PaymentLink | None:
    """The payment link by which an order can be paid now."""
    links = PaymentLink.objects.filter(order_id=order_id, status=PaymentLinkStatus.OPEN, expires_at__gt=timezone.now())
    return links.first()


def newest_link(order_id: int) -> PaymentLink | None:
    """The payment link that was sent last, open or not."""
    return PaymentLink.objects.filter(order_id=order_id).order_by("-id").first()


def due_by_link(order: Order, link: PaymentLink) -> Decimal:
    """What is left to pay by a link: its amount less what was paid by it, at most all that the order owes."""
    if order.status not in (OrderStatus.PLACED, OrderStatus.CONFIRMED):
        return ZERO
    if link.amount is None:
        return max(order.balance, ZERO)
    paid = link.payments.aggregate(sum=Sum("authorized_amount"))["sum"] or ZERO
    asked: Decimal = link.amount
    return max(min(asked - paid, order.balance), ZERO)


def spendable_credit(customer_id: int, currency: str) -> Decimal:
    """What a customer can spend of their store credit in a currency."""
    credit = StoreCredit.objects.filter(customer_id=customer_id, currency=currency).first()
    return credit.balance if credit else ZERO


def payment_of_key(api_key_id: int, key: str) -> Payment:
    """The payment that a claimed Idempotency-Key names."""
    return Payment.objects.get(pk__in=IdempotencyKey.objects.filter(api_key=api_key_id, key=key).values("payment"))


def payment(payment_id: int) -> Payment:
    """A payment as it stands now."""
    return Payment.objects.get(pk=payment_id)


def offers_method(channel_id: int, code: str, country: str) -> bool:
    """Whether a channel still ships that way, and there."""
    method = ShippingMethod.objects.filter(channels=channel_id, code=code, is_active=True).first()
    return method is not None and (not method.countries or country in method.countries)
