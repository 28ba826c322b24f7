"""Value that customers hold with us: gift cards and store credit, and the one ledger of both."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from orders.kernel.guards import append_only
from orders.kernel.ids import PublicIdField
from orders.models.channel import Channel
from orders.models.customer import Customer
from orders.models.fields import AmountField
from orders.models.payment import Payment, Refund
from orders.states import MovementKind


class GiftCard(models.Model):
    """Money on a code. The code is derived (``orders.gift_codes``); only its hash and its end are kept.

    ``code_version`` rises when a new code replaces one that went astray. ``email`` is whom the code was sent to.
    """

    public_id = PublicIdField(prefix="gc")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    balance = AmountField(default=0)
    code_hash = models.CharField(max_length=64, unique=True)
    code_version = models.PositiveIntegerField(default=1)
    tail = models.CharField(max_length=4)
    email = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=8, default="en")
    note = models.TextField(blank=True)
    issued_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("issue_gift_card", "Can issue, top up, send and disable gift cards")]
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="gift_card_balance_not_negative", condition=Q(balance__gte=0)),
        ]

    def __str__(self) -> str:
        return f"•••• {self.tail}"

    @property
    def is_usable(self) -> bool:
        """Neither disabled nor expired."""
        return self.disabled_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class StoreCredit(models.Model):
    """What a customer has with us, in one currency; made with the first amount."""

    public_id = PublicIdField(prefix="sc")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="store_credits")
    currency = models.CharField(max_length=3)
    balance = AmountField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("grant_credit", "Can give customers store credit")]
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency"], name="store_credit_once"),
            models.CheckConstraint(name="store_credit_balance_not_negative", condition=Q(balance__gte=0)),
        ]

    def __str__(self) -> str:
        return self.public_id


@append_only(may_clear=["note"])
class BalanceMovement(models.Model):
    """Why a balance changed, by how much (negative: spent), and who did it. A balance is the sum of its movements."""

    public_id = PublicIdField(prefix="bm")
    gift_card = models.ForeignKey(GiftCard, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    store_credit = models.ForeignKey(
        StoreCredit, on_delete=models.PROTECT, null=True, blank=True, related_name="movements"
    )
    kind = models.CharField(max_length=16, choices=MovementKind.choices)
    amount = AmountField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    reason = models.CharField(max_length=32, blank=True)
    note = models.TextField(blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="balance_movement_moves", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="balance_movement_of_one",
                condition=Q(gift_card__isnull=False, store_credit=None) | Q(gift_card=None, store_credit__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:.2f}"
