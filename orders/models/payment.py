"""Money that comes in and goes back. A pending transaction is the debt: first the row, then the gateway."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, final, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.kernel.money import text
from orders.models.fields import AmountField
from orders.models.order import Order
from orders.states import PaymentStatus, RefundStatus, RefundTarget, TransactionKind, TransactionStatus

# A fresh debt is its request's own, which asks the gateway at once; after this time the completer takes over.
FRESH = timedelta(seconds=15)
# A debt that waits for a person: for the customer's approval, or for money that no gateway sends.
A_PERSONS_TURN = timedelta(days=365)
# The error code of what was given up before anybody made it: its order ended, or was paid in another way.
NOT_WANTED = "not_wanted"


def asked_later() -> Q:
    """Pending authorisations of preorders, before their day: no gateway has heard of them.

    A fresh one is no such: its request may be asking right now.
    """
    is_untouched = Q(kind=TransactionKind.AUTHORIZATION, status=TransactionStatus.PENDING, attempts=0)
    return is_untouched & Q(due_at__gt=Now() + FRESH, payment__status=PaymentStatus.PENDING)


P = PaymentStatus
# Money is still to come, or reserved.
OPEN_PAYMENTS = (P.PENDING, P.REQUIRES_ACTION, P.AUTHORIZED, P.PARTIALLY_CAPTURED)


@guarded("status")
class Payment(Stateful):
    """One way in which a customer pays an order; ``token`` is the gateway's word for it, never a card number.

    ``link`` is the payment link by which it was made; ``gift_card`` or ``store_credit`` is what it is taken from.
    ``page_ref`` names the gateway's own page where the customer chooses, and ``renews`` the payment whose
    authorisation lapses or fell away, and that this one takes over.
    """

    public_id = PublicIdField(prefix="pay")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    link = models.ForeignKey(
        "orders.PaymentLink",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
    )
    gateway = models.CharField(max_length=32)
    token = models.CharField(max_length=255, blank=True)
    gift_card = models.ForeignKey(
        "orders.GiftCard", on_delete=models.PROTECT, null=True, blank=True, related_name="payments", db_index=False
    )
    store_credit = models.ForeignKey(
        "orders.StoreCredit", on_delete=models.PROTECT, null=True, blank=True, related_name="payments", db_index=False
    )
    status = StateField(choices=P.choices, default=P.PENDING)
    currency = models.CharField(max_length=3)
    amount = AmountField()
    authorized_amount = AmountField(default=0)
    captured_amount = AmountField(default=0)
    refunded_amount = AmountField(default=0)
    gateway_ref = models.CharField(max_length=255, blank=True)
    page_ref = models.CharField(max_length=255, blank=True, default="", db_default="")
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals", db_index=False
    )
    action_url = models.URLField(max_length=500, null=True, blank=True)  # noqa: DJ001 - null in the API
    error_code = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway's books were last compared.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("record_payment", "Can record money received by hand")]
        ordering = ["id"]
        indexes = [
            models.Index(fields=["link"], condition=Q(link__isnull=False), name="payment_link"),
            models.Index(fields=["gift_card"], condition=Q(gift_card__isnull=False), name="payment_gift_card"),
            models.Index(fields=["store_credit"], condition=Q(store_credit__isnull=False), name="payment_store_credit"),
            models.Index(fields=["id"], condition=Q(status__in=OPEN_PAYMENTS), name="payment_open"),
            models.Index(fields=["updated_at"], name="payment_updated"),
            models.Index(fields=["gateway_ref"], condition=~Q(gateway_ref=""), name="payment_gateway_ref"),
        ]
        constraints = [
            legal("status", PaymentStatus, table="payment"),
            models.CheckConstraint(
                name="payment_taken_from",
                condition=Q(gateway="gift_card", gift_card__isnull=False, store_credit=None)
                | Q(gateway="store_credit", gift_card=None, store_credit__isnull=False)
                | Q(~Q(gateway__in=["gift_card", "store_credit"]), gift_card=None, store_credit=None),
            ),
            models.CheckConstraint(name="payment_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_money_in_order",
                condition=Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=F("captured_amount"))
                & Q(captured_amount__lte=F("authorized_amount"))
                & Q(authorized_amount__lte=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {text(self.amount, self.currency)} {self.currency}"

    @transition(field=status, source=P.PENDING, target=P.REQUIRES_ACTION)
    def require_action(self) -> None:
        """The customer must do something at the gateway first."""

    @transition(field=status, source=[P.PENDING, P.REQUIRES_ACTION], target=P.AUTHORIZED)
    def authorize(self) -> None:
        """The money is reserved for us."""

    @transition(field=status, source=[P.AUTHORIZED, P.PARTIALLY_CAPTURED], target=P.PARTIALLY_CAPTURED)
    def capture_part(self) -> None:
        """Some of the money is ours."""

    @transition(
        field=status,
        source=[P.PENDING, P.REQUIRES_ACTION, P.AUTHORIZED, P.PARTIALLY_CAPTURED],
        target=P.CAPTURED,
    )
    def capture(self) -> None:
        """All of the money is ours (paid by hand: at once)."""

    @transition(field=status, source=[P.PENDING, P.REQUIRES_ACTION], target=P.FAILED)
    def fail(self) -> None:
        """The gateway said no."""

    @transition(field=status, source=[P.PENDING, P.REQUIRES_ACTION, P.AUTHORIZED], target=P.VOIDED)
    def void(self) -> None:
        """The reservation was given back."""

    @transition(field=status, source=[P.REQUIRES_ACTION, P.AUTHORIZED], target=P.EXPIRED)
    def expire(self) -> None:
        """The gateway let the reservation lapse."""


R = RefundStatus


@guarded("status")
class Refund(Stateful):
    """Money to give back: granted by a decision, executed by the gateway. ``cause`` names what it is for."""

    public_id = PublicIdField(prefix="rf")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    status = StateField(choices=R.choices, default=R.GRANTED)
    currency = models.CharField(max_length=3)
    amount = AmountField()
    to = models.CharField(
        max_length=16, choices=RefundTarget.choices, default=RefundTarget.ORIGINAL, db_default=RefundTarget.ORIGINAL
    )
    reason = models.CharField(max_length=32)
    note = models.TextField(blank=True)
    cause_kind = models.CharField(max_length=32, blank=True)
    cause_id = models.CharField(max_length=32, blank=True)
    granted_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("grant_refund", "Can give money back")]
        ordering = ["id"]
        constraints = [
            legal("status", RefundStatus, table="refund"),
            models.CheckConstraint(name="refund_amount_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{text(self.amount, self.currency)} {self.currency}"

    @transition(field=status, source=[R.GRANTED, R.FAILED], target=R.PENDING)
    def execute(self) -> None:
        """The gateway is asked to send the money."""

    @transition(field=status, source=R.PENDING, target=R.SUCCEEDED)
    def succeed(self) -> None:
        """The money is on its way to the customer."""

    @transition(field=status, source=[R.PENDING, R.SUCCEEDED], target=R.FAILED)
    def fail(self) -> None:
        """The gateway refused, or the money came back; a person must look."""

    @transition(field=status, source=[R.GRANTED, R.FAILED], target=R.CANCELLED)
    def cancel(self) -> None:
        """The decision was taken back before money moved."""


T = TransactionStatus


@final("status", states=[T.SUCCESS, T.FAILURE])
@guarded("status")
class PaymentTransaction(Stateful):
    """One call to a gateway, with the key that makes it safe to repeat. Leaves ``pending`` once, then never changes.

    While pending it is a queue: claimed by lease, tried again at ``due_at``.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="transactions")
    kind = models.CharField(max_length=16, choices=TransactionKind.choices)
    status = StateField(choices=T.choices, default=T.PENDING)
    amount = AmountField()
    idempotency_key = models.CharField(max_length=64, unique=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="transactions")
    invoice = models.ForeignKey(
        "orders.Invoice", on_delete=models.PROTECT, null=True, blank=True, related_name="transactions"
    )
    past_gateway = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Went another way than its gateway, which knows nothing of it: by hand, or as store credit.",
    )
    gateway_ref = models.CharField(max_length=255, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=models.functions.Now())
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status=T.PENDING), name="transaction_due"),
        ]
        constraints = [
            legal("status", TransactionStatus, table="transaction"),
            models.CheckConstraint(name="transaction_amount_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount.normalize():f}"

    @transition(field=status, source=T.PENDING, target=T.SUCCESS)
    def succeed(self) -> None:
        """The gateway did it."""

    @transition(field=status, source=T.PENDING, target=T.FAILURE)
    def fail(self) -> None:
        """The gateway refused for good."""
