"""What we buy: purchase orders, what came of them, and where it is put."""

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, append_only, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import Product
from orders.models.fields import AmountField
from warehouse.models.place import Bin, Warehouse
from warehouse.models.supply import Backorder, Supplier
from warehouse.states import PurchaseOrderStatus, PurchasePurpose, PutAwayStatus

P = PurchaseOrderStatus


@guarded("status")
class PurchaseOrder(Stateful):
    """Goods that we buy from one supplier for one warehouse."""

    public_id = PublicIdField(prefix="po")
    number = models.CharField(max_length=16, unique=True, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="purchase_orders")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="purchase_orders")
    purpose = models.CharField(max_length=16, choices=PurchasePurpose.choices, default=PurchasePurpose.STOCK)
    status = StateField(choices=P.choices, default=P.DRAFT)
    currency = models.CharField(max_length=3)
    is_proposed = models.BooleanField(
        default=False, help_text="A draft that the planner keeps up to date until a person changes it."
    )
    supplier_ref = models.CharField(max_length=64, blank=True, help_text="The supplier's own number for it.")
    note = models.CharField(max_length=255, blank=True, help_text="Printed for the supplier.")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("buy", "Can buy from suppliers"), ("receive_goods", "Can receive goods")]
        ordering = ["-id"]
        constraints = [
            legal("status", PurchaseOrderStatus, table="purchase_order"),
            legal("purpose", PurchasePurpose, table="purchase_order"),
            models.UniqueConstraint(
                fields=["supplier", "warehouse", "purpose"],
                condition=Q(status="draft", is_proposed=True),
                name="purchase_order_one_proposal",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=status, source=P.DRAFT, target=P.PLACED)
    def place(self) -> None:
        """The supplier is asked for the goods."""

    @transition(field=status, source=P.PLACED, target=P.ACKNOWLEDGED)
    def acknowledge(self) -> None:
        """The supplier said when they come."""

    @transition(field=status, source=[P.PLACED, P.ACKNOWLEDGED], target=P.PARTIALLY_RECEIVED)
    def receive_part(self) -> None:
        """Some of it is here."""

    @transition(field=status, source=[P.PLACED, P.ACKNOWLEDGED, P.PARTIALLY_RECEIVED], target=P.RECEIVED)
    def receive(self) -> None:
        """Nothing more of it will come."""

    @transition(field=status, source=[P.DRAFT, P.PLACED, P.ACKNOWLEDGED], target=P.CANCELLED)
    def cancel(self) -> None:
        """None of it is wanted any more."""


class PurchaseOrderLine(models.Model):
    """One product of a purchase order. ``promised_on`` is the first day that the supplier named."""

    public_id = PublicIdField(prefix="pol")
    purchase_order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    supplier_sku = models.CharField(max_length=64, blank=True)
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0, help_text="Units that came, good or damaged.")
    cancelled = models.PositiveIntegerField(default=0)
    cost = AmountField(default=0, help_text="Of one unit.")
    expected_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True, help_text="The first day that the supplier named.")
    figures = models.JSONField(default=dict, blank=True, help_text="Why so many: what the planner reckoned with.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["purchase_order", "product"], name="purchase_line_once"),
            models.CheckConstraint(
                name="purchase_line_quantity", condition=Q(quantity__gte=1, cancelled__lte=F("quantity"), cost__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of product {self.product_id}"

    @property
    def open(self) -> int:
        """Units that are still to come."""
        return max(0, self.quantity - self.cancelled - self.received)


class BackorderSupply(models.Model):
    """Units of a line on order that will fill a backorder, as things stand: the oldest gets what comes first."""

    backorder = models.ForeignKey(Backorder, on_delete=models.CASCADE, related_name="supplies")
    purchase_line = models.ForeignKey(PurchaseOrderLine, on_delete=models.CASCADE, related_name="supplies")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["backorder", "purchase_line"], name="backorder_supply_once"),
            models.CheckConstraint(name="backorder_supply_quantity", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for backorder {self.backorder_id}"


@append_only()
class Receipt(models.Model):
    """One delivery of a purchase order, as it was found."""

    public_id = PublicIdField(prefix="rc")
    purchase_order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    delivery_note = models.CharField(max_length=64, blank=True, help_text="The number on the supplier's paper.")
    received_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.public_id


@append_only()
class ReceiptLine(models.Model):
    """What came of one line, and what was wrong with it.

    ``accepted`` units can be sold; ``damaged`` ones are set aside; ``over`` of both were never ordered; ``wrong_item``
    ones are something else and not in our books; ``short`` ones should have been in the delivery and won't come.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    purchase_line = models.ForeignKey(PurchaseOrderLine, on_delete=models.PROTECT, related_name="receipt_lines")
    accepted = models.PositiveIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)
    over = models.PositiveIntegerField(default=0)
    wrong_item = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "purchase_line"], name="receipt_line_once"),
            models.CheckConstraint(name="receipt_line_over", condition=Q(over__lte=F("accepted") + F("damaged"))),
        ]

    def __str__(self) -> str:
        return f"{self.accepted} of purchase line {self.purchase_line_id}"


@guarded("status")
class PutAwayTask(Stateful):
    """Received units that belong from the dock into a bin; ``bin`` is the one suggested, then the one used."""

    public_id = PublicIdField(prefix="pa")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    receipt_line = models.ForeignKey(ReceiptLine, on_delete=models.PROTECT, related_name="put_away_tasks")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    moved = models.PositiveIntegerField(default=0)
    status = StateField(choices=PutAwayStatus.choices, default=PutAwayStatus.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("put_away", "Can put goods away")]
        ordering = ["id"]
        constraints = [
            legal("status", PutAwayStatus, table="put_away"),
            models.CheckConstraint(name="put_away_quantity", condition=Q(quantity__gte=1, moved__lte=F("quantity"))),
        ]

    def __str__(self) -> str:
        return self.public_id

    @transition(field=status, source=PutAwayStatus.OPEN, target=PutAwayStatus.DONE)
    def finish(self) -> None:
        """It lies in its bin."""

    @transition(field=status, source=PutAwayStatus.OPEN, target=PutAwayStatus.CANCELLED)
    def cancel(self) -> None:
        """It was picked from the dock, or has gone otherwise."""
