"""Where goods come from when the shelf is empty: suppliers, and lines that wait for them."""

from django.db import models
from django.db.models import Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import OrderLine, Partner, Product
from orders.models.fields import AmountField
from warehouse.models.place import Warehouse
from warehouse.states import BackorderStatus


class Supplier(models.Model):
    """Who sells to us."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    lead_time_days = models.PositiveSmallIntegerField(default=7, help_text="Days from order to receipt.")
    run_by = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The partner who sees this supplier's work orders by the API.",
    )
    is_active = models.BooleanField(default=True)
    delivers_to = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where goods for waiting orders go; empty: the first warehouse by priority.",
    )
    is_placed_by_itself = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Proposed purchase orders are placed without a person.",
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class SupplierProduct(models.Model):
    """What a supplier offers, at what cost and in what time."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="supplier_products")
    supplier_sku = models.CharField(max_length=64, blank=True)
    cost = AmountField(default=0)
    lead_time_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: the supplier's.")
    minimum_order_quantity = models.PositiveIntegerField(default=1)
    dropships = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "product"], name="supplier_product_once")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.supplier_sku}"


B = BackorderStatus


@guarded("status")
class Backorder(Stateful):
    """Units of a line that wait for goods; the oldest is filled first."""

    public_id = PublicIdField(prefix="bo")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="backorders")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(help_text="Units still waiting.")
    filled = models.PositiveIntegerField(default=0, db_default=0, help_text="Units that came in for it.")
    status = StateField(choices=B.choices, default=B.WAITING)
    expected_on = models.DateField(null=True, blank=True)
    agreed_on = models.DateField(
        null=True, blank=True, help_text="The expected day that the customer said they would wait for."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            legal("status", BackorderStatus, table="backorder"),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(status__in=[B.WAITING, B.ORDERED, B.PROMISED]),
                name="backorder_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"

    @transition(field=status, source=[B.WAITING, B.PROMISED], target=B.ORDERED)
    def order(self) -> None:
        """Bought from the supplier; or the date that was named has passed."""

    @transition(field=status, source=[B.WAITING, B.ORDERED], target=B.PROMISED)
    def promise(self) -> None:
        """The supplier named a date."""

    @transition(field=status, source=[B.ORDERED, B.PROMISED], target=B.WAITING)
    def wait(self) -> None:
        """What was bought for it doesn't come, or more units wait now."""

    @transition(field=status, source=[B.WAITING, B.ORDERED, B.PROMISED], target=B.ALLOCATED)
    def allocate(self) -> None:
        """Goods came in and are reserved."""

    @transition(field=status, source=B.ALLOCATED, target=B.FULFILLED)
    def fulfill(self) -> None:
        """They left."""

    @transition(field=status, source=[B.WAITING, B.ORDERED, B.PROMISED, B.ALLOCATED], target=B.CANCELLED)
    def cancel(self) -> None:
        """Nobody waits for them any more."""
