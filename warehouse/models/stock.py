"""The stock ledger: counters that never go wrong, and the movements that explain every unit of them."""

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, append_only, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import OrderLine, Product
from warehouse.models.place import Bin, Warehouse
from warehouse.states import AllocationStatus, MovementKind


class StockLevel(models.Model):
    """How much of a product a warehouse holds. Changed only together with a ``StockMovement``.

    No foreign key points here: the rows are hot, and a reference would lock them (1.6 to 2.8 times slower).
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    on_hand = models.IntegerField(default=0)
    allocated = models.IntegerField(default=0)
    unavailable = models.IntegerField(default=0)
    incoming = models.PositiveIntegerField(default=0)
    safety_stock = models.PositiveIntegerField(default=0)
    reorder_point = models.PositiveIntegerField(default=0)
    backorder_limit = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("adjust_stock", "Can adjust stock")]
        ordering = ["product", "warehouse"]
        constraints = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="stock_level_once"),
            models.CheckConstraint(name="stock_not_negative", condition=Q(on_hand__gte=0)),
            models.CheckConstraint(name="stock_unavailable_not_negative", condition=Q(unavailable__gte=0)),
            models.CheckConstraint(
                name="stock_never_oversold",
                condition=Q(allocated__gte=0)
                & Q(on_hand__gte=F("allocated") + F("unavailable") - F("backorder_limit")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product.sku} in {self.warehouse.code}"

    @property
    def available(self) -> int:
        """Units that may still be promised; may be negative when safety stock isn't met."""
        return self.on_hand - self.allocated - self.unavailable - self.safety_stock


class Lot(models.Model):
    """A batch of a product with one expiry date, for products that track it."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(max_length=64)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="lot_once")]

    def __str__(self) -> str:
        return self.code


class BinStock(models.Model):
    """The same units by bin. ``picking`` counts units that open pick tasks will take."""

    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="stock")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    on_hand = models.IntegerField(default=0)
    picking = models.IntegerField(default=0)

    class Meta:
        ordering = ["bin", "product"]
        verbose_name_plural = "bin stock"
        constraints = [
            models.UniqueConstraint(fields=["bin", "product", "lot"], name="bin_stock_once", nulls_distinct=False),
            models.CheckConstraint(name="bin_stock_in_order", condition=Q(picking__gte=0, on_hand__gte=F("picking"))),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} in {self.bin_id}"


@guarded("status")
class Allocation(Stateful):
    """Units of a warehouse reserved for an order line; at most one open per line and warehouse."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="allocations")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(help_text="Units still reserved; 0 once shipped or released.")
    status = StateField(choices=AllocationStatus.choices, default=AllocationStatus.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            legal("status", AllocationStatus, table="allocation"),
            models.UniqueConstraint(
                fields=["line", "product", "warehouse"],
                condition=Q(status="open"),
                name="allocation_one_open",
            ),
            models.CheckConstraint(
                name="allocation_open_has_units",
                condition=Q(status="open", quantity__gte=1) | ~Q(status="open") & Q(quantity=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for line {self.line_id}"

    @transition(field=status, source=AllocationStatus.OPEN, target=AllocationStatus.CONSUMED)
    def consume(self) -> None:
        """The last of its units left the building."""
        self.quantity = 0

    @transition(field=status, source=AllocationStatus.OPEN, target=AllocationStatus.RELEASED)
    def release(self) -> None:
        """The line no longer needs them from here."""
        self.quantity = 0


@append_only()
class StockMovement(models.Model):
    """Why a counter changed, never edited. The sums of its deltas are the levels, at every grain.

    ``bin`` and ``bin_delta`` speak of one bin's ``BinStock.on_hand``; a pick writes two rows, one per bin.
    """

    public_id = PublicIdField(prefix="mv")
    kind = models.CharField(max_length=16, choices=MovementKind.choices)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    on_hand_delta = models.IntegerField(default=0)
    allocated_delta = models.IntegerField(default=0)
    unavailable_delta = models.IntegerField(default=0)
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bin_delta = models.IntegerField(default=0)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    package = models.ForeignKey("warehouse.Package", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=64, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["product", "warehouse", "-id"], name="movement_stock_card")]
        constraints = [legal("kind", MovementKind, table="movement")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand_delta:+d}/{self.allocated_delta:+d}"
