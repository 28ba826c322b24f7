"""The lines of an order: prices frozen at placement, quantities counted as they move."""

from django.db import models
from django.db.models import F, Q

from orders.kernel.guards import legal
from orders.kernel.ids import PublicIdField
from orders.models.fields import AmountField, RateField
from orders.models.order import Order
from orders.models.product import Product
from orders.states import LineKind

# Lines with units that still have to leave, and that are neither reserved nor waiting for goods.
UNSOURCED = Q(kind=LineKind.GOODS, ordered__gt=F("cancelled") + F("allocated") + F("backordered") + F("shipped"))
# Digital lines with units that their buyer has still to get.
UNDELIVERED = Q(kind=LineKind.DIGITAL, ordered__gt=F("cancelled") + F("shipped"))
# What people buy: every line but the components of bundles, whose money and promises are their bundle's.
SOLD = Q(parent=None)


class OrderLine(models.Model):
    """One product of an order. Its counters move only through ``orders.services.count``.

    ``discount`` is for the whole line as ordered, ``order_discount`` its part of the order's discount.
    ``allocated`` counts units that stock is reserved for now; it falls as they leave.
    ``written_off`` counts units that left and will never arrive: they came back undelivered.
    ``amount`` and ``tax`` hold the money of the units that aren't cancelled, after both discounts.

    A bundle is one line for its buyer, with the money and the promise, and has component lines (``parent``), with the
    units that leave: ``per_bundle`` of them in each, worth ``bundle_value`` by their list prices. The bundle's own
    counters follow from its components' (``orders.bundles``).
    """

    public_id = PublicIdField(prefix="ol")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="components")
    kind = models.CharField(
        max_length=16, choices=LineKind.choices, default=LineKind.GOODS, db_default=LineKind.GOODS.value
    )
    per_bundle = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Units of a component in one bundle; 0: it is none."
    )
    bundle_value = AmountField(
        default=0, db_default=0, help_text="What those units cost by themselves: their share of the bundle's money."
    )
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    unit_price = AmountField()
    tax_rate = RateField(default=0)
    discount = AmountField(default=0)
    order_discount = AmountField(default=0)
    amount = AmountField(default=0, help_text="Money of the units not cancelled, after all discounts.")
    tax = AmountField(default=0, help_text="Tax in (or on) that amount.")
    external_ref = models.CharField(max_length=128, blank=True)
    accepts_substitutes = models.BooleanField(default=True)
    promised_on = models.DateField(null=True, blank=True)
    ships_on = models.DateField(
        null=True, blank=True, help_text="It doesn't leave before this day; empty once the day has come."
    )

    ordered = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField(default=0)
    allocated = models.PositiveIntegerField(default=0)
    backordered = models.PositiveIntegerField(default=0)
    picked = models.PositiveIntegerField(default=0)
    packed = models.PositiveIntegerField(default=0)
    shipped = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    return_requested = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    written_off = models.PositiveIntegerField(default=0)
    preordered = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Units that count against the product's preorder cap."
    )

    class Meta:
        ordering = ["order", "position"]
        indexes = [
            models.Index(fields=["order"], condition=UNSOURCED, name="order_line_to_source"),
            models.Index(fields=["order"], condition=UNDELIVERED, name="order_line_to_deliver"),
            models.Index(fields=["product", "order"], condition=Q(preordered__gt=0), name="order_line_preordered"),
            models.Index(fields=["ships_on"], condition=Q(ships_on__isnull=False), name="order_line_ships_on"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(name="order_line_ordered", condition=Q(ordered__gte=1)),
            models.CheckConstraint(
                name="order_line_pick_pack",
                condition=Q(packed__lte=F("picked"), picked__lte=F("ordered") - F("cancelled")),
            ),
            models.CheckConstraint(name="order_line_shipped", condition=Q(shipped__lte=F("ordered") - F("cancelled"))),
            models.CheckConstraint(
                name="order_line_delivered_returned",
                condition=Q(delivered__lte=F("shipped"), returned__lte=F("shipped")),
            ),
            models.CheckConstraint(
                name="order_line_reserved",
                condition=Q(ordered__gte=F("cancelled") + F("allocated") + F("backordered") + F("shipped")),
            ),
            models.CheckConstraint(
                name="order_line_return_requested",
                condition=Q(return_requested__lte=F("shipped") - F("returned")),
            ),
            models.CheckConstraint(name="order_line_money", condition=Q(amount__gte=0, tax__gte=0, discount__gte=0)),
            models.CheckConstraint(
                name="order_line_component",
                condition=Q(parent=None, per_bundle=0, bundle_value=0)
                | Q(parent__isnull=False, per_bundle__gte=1, kind=LineKind.GOODS)
                & Q(unit_price=0, amount=0, tax=0, discount=0, order_discount=0),
            ),
            models.CheckConstraint(
                name="order_line_preordered_waits",
                condition=Q(preordered=0) | Q(ships_on__isnull=False, preordered__lte=F("ordered") - F("cancelled")),
            ),
            legal("kind", LineKind, table="order_line"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def active(self) -> int:
        """Units ordered and not cancelled."""
        return self.ordered - self.cancelled

    @property
    def due(self) -> int:
        """Units that have arrived or still are to."""
        return self.active - self.written_off

    @property
    def unsourced(self) -> int:
        """Goods that still have to leave, and that are neither reserved nor waiting to come in."""
        return self.open - self.allocated - self.backordered if self.kind == LineKind.GOODS else 0

    @property
    def open(self) -> int:
        """Units that still have to leave."""
        return self.active - self.shipped

    @property
    def is_bundle(self) -> bool:
        """Whether its units are those of its components."""
        return self.kind == LineKind.BUNDLE
