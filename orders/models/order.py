"""The order: who wants it where, what it comes to, and how far it is."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField, order_number
from orders.models.channel import Channel, ShippingMethod
from orders.models.customer import Customer
from orders.models.fields import AmountField, NormalPhoneField, RateField, door_index, phone_index
from orders.models.partner import Partner
from orders.states import FulfillmentState, OrderStatus, PaymentState, ReturnState, ShippingPolicy, TaxExemption

S = OrderStatus


@guarded("status")
class Order(Stateful):
    """What a customer bought. ``status`` moves by transitions; the three other axes are derived from rows.

    Amounts cover what is ordered and not cancelled: ``items_total`` before discounts, ``discount_total``,
    ``shipping_total``, ``tax_total`` and ``total``. ``authorized_total`` counts captured money too.
    """

    public_id = PublicIdField(prefix="or")
    number = models.CharField(max_length=16, unique=True, default=order_number, editable=False)
    link_version = models.PositiveIntegerField(default=1)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="orders")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    external_ref = models.CharField(max_length=128, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    customer_name = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="As it was given with this order; the customer may have given others another one.",
    )
    email = models.EmailField(max_length=254, blank=True, db_index=True)
    phone = models.CharField(max_length=32, blank=True)
    phone_e164 = NormalPhoneField()
    language = models.CharField(max_length=8, default="en")
    shipping_address = models.JSONField(default=dict)
    billing_address = models.JSONField(null=True, blank=True)
    shipping_method = models.ForeignKey(
        ShippingMethod, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    shipping_policy = models.CharField(
        max_length=32,
        choices=ShippingPolicy.choices,
        default=ShippingPolicy.SHIP_AS_AVAILABLE,
        db_default=ShippingPolicy.SHIP_AS_AVAILABLE,
        help_text="Whether its parcels wait until all of it is there.",
    )

    status = StateField(choices=S.choices, default=S.SUBMITTED)
    payment_status = models.CharField(max_length=32, choices=PaymentState.choices, default=PaymentState.UNPAID)
    fulfillment_status = models.CharField(
        max_length=32, choices=FulfillmentState.choices, default=FulfillmentState.UNFULFILLED
    )
    return_status = models.CharField(max_length=32, choices=ReturnState.choices, default=ReturnState.NONE)

    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField(default=True)
    tax_exemption = models.CharField(
        max_length=16,
        choices=TaxExemption.choices,
        blank=True,
        default="",
        db_default="",
        help_text="Why lines with a rate of 0 bear no tax.",
    )
    buyer_reference = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="What the buyer wants to read on the bill."
    )
    discount = AmountField(default=0, help_text="The discount on the whole order, as asked for.")
    items_total = AmountField(default=0)
    discount_total = AmountField(default=0)
    shipping_total = AmountField(default=0)
    shipping_tax_rate = RateField(default=0)
    own_shipping_tax_rate: Any = RateField(  # type: ignore[misc]
        null=True, blank=True, help_text="What shipping bears whatever is bought; empty: the highest rate of the lines."
    )
    shipping_tax = AmountField(default=0)
    tax_total = AmountField(default=0)
    total = AmountField(default=0)
    authorized_total = AmountField(default=0)
    captured_total = AmountField(default=0)
    refunded_total = AmountField(default=0)
    credited_total = AmountField(default=0)

    tags = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    note = models.TextField(blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    placed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When it expires unless it is paid or approved; empty: it doesn't."
    )
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="When the customer was reminded to pay.")
    imported_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Set on history that was imported: it moved no stock and no money here.",
    )
    created_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="For imported history its own date, so lists stay in order."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [
            ("confirm_order", "Can confirm an order by hand"),
            ("hold_order", "Can hold and release orders"),
            ("cancel_order", "Can cancel orders or parts of them"),
            ("extend_order", "Can give unpaid orders more time"),
            ("annotate_order", "Can change an order's note and tags"),
        ]
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(fields=["updated_at", "id"], name="order_updated"),
            models.Index(fields=["partner", "-created_at", "-id"], name="order_partner_newest"),
            models.Index(fields=["status", "-created_at", "-id"], name="order_status_newest"),
            models.Index(fields=["customer", "-id"], name="order_customer_newest"),
            models.Index(fields=["phone"], name="order_phone"),
            GinIndex(fields=["tags"], name="order_tags"),
            models.Index(Upper("external_ref"), name="order_external_ref_upper", condition=~Q(external_ref="")),
            phone_index("order_phone_backwards"),
            models.Index(fields=["expires_at"], condition=Q(status=S.PLACED), name="order_expires"),
            door_index("order_door"),
        ]
        constraints = [
            legal("status", OrderStatus, table="order"),
            legal("payment_status", PaymentState, table="order"),
            legal("fulfillment_status", FulfillmentState, table="order"),
            legal("return_status", ReturnState, table="order"),
            legal("shipping_policy", ShippingPolicy, table="order"),
            models.UniqueConstraint(
                fields=["partner", "external_ref"],
                condition=~Q(external_ref="") & ~Q(status=S.DECLINED),
                name="order_external_ref_once",
            ),
            models.CheckConstraint(
                name="order_money_in_order",
                condition=Q(refunded_total__gte=0)
                & Q(refunded_total__lte=F("captured_total"))
                & Q(captured_total__lte=F("authorized_total")),
            ),
            models.CheckConstraint(
                name="order_totals_not_negative",
                condition=Q(total__gte=0, items_total__gte=0, discount_total__gte=0, shipping_total__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def balance(self) -> Decimal:
        """What is still owed: positive by the customer, negative by us."""
        return self.total - self.credited_total - self.authorized_total + self.refunded_total

    @property
    def ships_complete(self) -> bool:
        """Whether nothing of it leaves before all of it is there."""
        return self.shipping_policy == ShippingPolicy.SHIP_COMPLETE

    def remember(self, **rows: Sequence[models.Model]) -> None:
        """Let ``order.lines.all()`` and the like answer from memory: whoever just wrote the rows needn't read them."""
        known: dict[str, Any] = dict(getattr(self, "_prefetched_objects_cache", {}))
        for name, written in rows.items():
            model: Any = self._meta.get_field(name).related_model
            known[name] = model._default_manager.filter(order=self)
            known[name]._result_cache = list(written)
            known[name]._prefetch_done = True
        self._prefetched_objects_cache = known

    def share_relations(self, other: "Order") -> None:
        """Use the channel, customer and shipping method that another copy of this row has loaded."""
        self._state.fields_cache = {**other._state.fields_cache, **self._state.fields_cache}

    @transition(field=status, source=[S.SUBMITTED, S.DRAFT], target=S.PLACED)
    def place(self, *, at: datetime) -> None:
        """Received: from now on the world knows of it."""
        self.placed_at = at

    @transition(field=status, source=S.DRAFT, target=S.SUBMITTED)
    def submit(self) -> None:
        """A draft is to be placed, and its gateway is being asked."""

    @transition(field=status, source=S.SUBMITTED, target=S.DRAFT)
    def take_back(self) -> None:
        """The gateway said no: it is a draft as before, to be paid another way."""

    @transition(field=status, source=S.SUBMITTED, target=S.DECLINED)
    def decline(self) -> None:
        """The gateway said no; nobody ever hears of this order."""

    @transition(field=status, source=S.PLACED, target=S.CONFIRMED)
    def confirm(self, *, at: datetime) -> None:
        """Paid or approved: released to the warehouse."""
        self.confirmed_at = at

    @transition(field=status, source=[S.SUBMITTED, S.DRAFT], target=S.CONFIRMED)
    def place_paid(self, *, at: datetime) -> None:
        """Received and paid in one step: the gateway said yes, or a draft needs nobody's."""
        self.placed_at = self.confirmed_at = at

    @transition(field=status, source=S.CONFIRMED, target=S.COMPLETED)
    def complete(self, *, at: datetime) -> None:
        """Nothing left to ship, deliver or settle."""
        self.completed_at = at

    @transition(field=status, source=[S.PLACED, S.CONFIRMED], target=S.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        """Every unit was cancelled before any of them left."""
        self.cancelled_at = at

    @transition(field=status, source=[S.DRAFT, S.PLACED], target=S.EXPIRED)
    def expire(self) -> None:
        """Nobody paid in time."""
