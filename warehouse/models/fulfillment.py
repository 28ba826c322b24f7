"""Work orders: what one location has to send for one order."""

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import Order, OrderLine
from warehouse.models.place import Warehouse
from warehouse.models.supply import Supplier
from warehouse.states import FulfillmentOrderStatus, RequestStatus

F_ = FulfillmentOrderStatus
R = RequestStatus


@guarded("status", "request_status")
class FulfillmentOrder(Stateful):
    """The work order of one warehouse (or dropshipping supplier) for one order, apart from its parcels."""

    public_id = PublicIdField(prefix="fo")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="fulfillment_orders")
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, blank=True, related_name="fulfillment_orders"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, related_name="fulfillment_orders"
    )
    status = StateField(choices=F_.choices, default=F_.OPEN)
    request_status = StateField(choices=R.choices, default=R.UNSUBMITTED)
    promised_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("release_pick_list", "Can release work to pick lists"),
            ("answer_request", "Can accept and reject the work of a location"),
        ]
        ordering = ["id"]
        indexes = [models.Index(fields=["warehouse", "created_at"], name="fulfillment_order_by_day")]
        constraints = [
            legal("status", FulfillmentOrderStatus, table="fulfillment_order"),
            legal("request_status", RequestStatus, table="fulfillment_order"),
            models.CheckConstraint(
                name="fulfillment_order_one_location",
                condition=Q(warehouse=None, supplier__isnull=False) | Q(warehouse__isnull=False, supplier=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.number} {self.public_id}"

    @transition(field=status, source=F_.SCHEDULED, target=F_.OPEN)
    def open(self) -> None:
        """Its time has come."""

    @transition(field=status, source=F_.OPEN, target=F_.IN_PROGRESS)
    def start(self) -> None:
        """Somebody picks."""

    @transition(field=status, source=[F_.OPEN, F_.IN_PROGRESS], target=F_.CLOSED)
    def close(self) -> None:
        """Everything it asked for has left."""

    @transition(field=status, source=[F_.OPEN, F_.IN_PROGRESS], target=F_.INCOMPLETE)
    def give_up(self) -> None:
        """It closes with less than it asked for."""

    @transition(field=status, source=[F_.SCHEDULED, F_.OPEN, F_.IN_PROGRESS], target=F_.CANCELLED)
    def cancel(self) -> None:
        """Nothing of it is wanted any more."""

    @transition(field=request_status, source=[R.UNSUBMITTED, R.REJECTED], target=R.SUBMITTED)
    def submit(self) -> None:
        """The location is asked."""

    @transition(field=request_status, source=[R.SUBMITTED, R.UNSUBMITTED], target=R.ACCEPTED)
    def accept(self) -> None:
        """The location will do it."""

    @transition(field=request_status, source=[R.SUBMITTED, R.UNSUBMITTED, R.ACCEPTED], target=R.REJECTED)
    def reject(self) -> None:
        """The location can't, even if it thought so before; the line is sourced again."""

    @transition(field=request_status, source=[R.SUBMITTED, R.ACCEPTED], target=R.CANCELLATION_REQUESTED)
    def request_cancellation(self) -> None:
        """We ask the location to stop."""

    @transition(field=request_status, source=R.CANCELLATION_REQUESTED, target=R.CANCELLATION_ACCEPTED)
    def accept_cancellation(self) -> None:
        """It stopped in time."""

    @transition(field=request_status, source=R.CANCELLATION_REQUESTED, target=R.CANCELLATION_REJECTED)
    def reject_cancellation(self) -> None:
        """Too late: it is on its way."""


class FulfillmentOrderLine(models.Model):
    """Units of one order line that this location sends."""

    public_id = PublicIdField(prefix="fl")
    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="fulfillment_lines")
    quantity = models.PositiveIntegerField(help_text="Units asked for and not called off.")
    picked = models.PositiveIntegerField(default=0)
    packed = models.PositiveIntegerField(default=0)
    shipped = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["fulfillment_order", "line"], name="fulfillment_line_once"),
            models.CheckConstraint(
                name="fulfillment_line_chain",
                condition=Q(shipped__lte=F("packed"), packed__lte=F("picked"), picked__lte=F("quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
