"""Lists, tasks and scans of the people who fetch the goods."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, append_only, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import OrderLine, Product
from warehouse.models.fulfillment import FulfillmentOrder
from warehouse.models.place import Bin, Warehouse
from warehouse.models.wave import Wave
from warehouse.states import TO_DO, PickKind, PickListStatus, PickTaskStatus, PutBackStatus, ScanKind, ShortReason

L = PickListStatus
T = PickTaskStatus


@guarded("status")
class PickList(Stateful):
    """What one picker fetches in one walk; its barcode is ``public_id``."""

    public_id = PublicIdField(prefix="pl")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="pick_lists")
    status = StateField(choices=L.choices, default=L.DRAFT)
    kind = models.CharField(max_length=16, choices=PickKind.choices, default=PickKind.BATCH)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="pick_lists")
    zone = models.CharField(max_length=16, blank=True, help_text="Of a list of one zone.")
    planned_metres = models.DecimalField(max_digits=9, decimal_places=1, null=True, blank=True)
    picker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    fulfillment_orders = models.ManyToManyField(FulfillmentOrder, related_name="pick_lists")
    created_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("pick", "Can pick on the warehouse floor")]
        ordering = ["-id"]
        constraints = [legal("status", PickListStatus, table="pick_list"), legal("kind", PickKind, table="pick_list")]

    def __str__(self) -> str:
        return self.public_id

    @transition(field=status, source=L.DRAFT, target=L.RELEASED)
    def release(self) -> None:
        """Ready for any picker."""

    @transition(field=status, source=L.RELEASED, target=L.IN_PROGRESS)
    def start(self) -> None:
        """A picker has it."""

    @transition(field=status, source=[L.RELEASED, L.IN_PROGRESS], target=L.PICKED)
    def finish(self) -> None:
        """No task is open any more."""

    @transition(field=status, source=L.PICKED, target=L.IN_PROGRESS)
    def reopen(self) -> None:
        """A pick was undone: there is something to fetch again."""

    @transition(field=status, source=[L.DRAFT, L.RELEASED, L.IN_PROGRESS], target=L.CANCELLED)
    def cancel(self) -> None:
        """All of its tasks were called off."""


class Tote(models.Model):
    """A box on a picker's cart; its barcode is ``code``. From a list's start until packing it holds one order."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="totes")
    code = models.CharField(max_length=32)
    is_active = models.BooleanField(default=True)
    pick_list = models.ForeignKey(
        PickList, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="totes"
    )
    fulfillment_order = models.ForeignKey(
        FulfillmentOrder, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="totes"
    )

    class Meta:
        ordering = ["warehouse", "code"]
        constraints = [
            models.UniqueConstraint("warehouse", Upper("code"), name="tote_code_once"),
            models.UniqueConstraint(fields=["pick_list", "fulfillment_order"], name="tote_one_of_an_order"),
            models.CheckConstraint(
                name="tote_free_or_taken",
                condition=Q(pick_list=None, fulfillment_order=None)
                | Q(pick_list__isnull=False, fulfillment_order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code


@guarded("status")
class PickTask(Stateful):
    """Take ``quantity`` of a product from a bin for an order line; ``sequence`` is the walk's order.

    ``tote``: where the units go on a cluster list, once its picker has given the order one.
    """

    public_id = PublicIdField(prefix="pt")
    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="tasks")
    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.PROTECT, related_name="pick_tasks")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="pick_tasks")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="+")
    tote = models.ForeignKey(Tote, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)
    quantity = models.PositiveIntegerField()
    picked = models.PositiveIntegerField(default=0)
    status = StateField(choices=T.choices, default=T.OPEN)
    short_reason = models.CharField(max_length=16, choices=ShortReason.choices, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pick_list", "sequence", "id"]
        constraints = [
            legal("status", PickTaskStatus, table="pick_task"),
            models.CheckConstraint(name="pick_task_quantity", condition=Q(quantity__gte=1, picked__lte=F("quantity"))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} from {self.bin_id}"

    @property
    def left(self) -> int:
        """Units still to be taken."""
        return self.quantity - self.picked

    @property
    def wanted(self) -> int:
        """Units taken and still to be taken: what was missing in the bin, or called off, isn't wanted any more."""
        return self.quantity if self.status in TO_DO else self.picked

    @transition(field=status, source=[T.OPEN, T.SKIPPED], target=T.PICKED)
    def pick(self) -> None:
        """All units are in the tote."""

    @transition(field=status, source=[T.OPEN, T.SKIPPED], target=T.SHORT)
    def short(self) -> None:
        """The bin had less."""

    @transition(field=status, source=T.OPEN, target=T.SKIPPED)
    def skip(self) -> None:
        """Later."""

    @transition(field=status, source=T.SKIPPED, target=T.OPEN)
    def resume(self) -> None:
        """Now."""

    @transition(field=status, source=T.PICKED, target=T.OPEN)
    def undo(self) -> None:
        """The units went back to the bin."""

    @transition(field=status, source=[T.OPEN, T.SKIPPED], target=T.SUBSTITUTED)
    def substitute(self) -> None:
        """Something similar was taken instead."""

    @transition(field=status, source=[T.OPEN, T.SKIPPED], target=T.CANCELLED)
    def cancel(self) -> None:
        """No longer wanted."""


@guarded("status")
class PutBackTask(Stateful):
    """Picked units of a line that was cancelled: they go from the packing bin back to a shelf."""

    public_id = PublicIdField(prefix="pb")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="+", help_text="Where they belong.")
    quantity = models.PositiveIntegerField()
    status = StateField(choices=PutBackStatus.choices, default=PutBackStatus.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("finish_put_back", "Can finish put-back tasks")]
        ordering = ["id"]
        constraints = [legal("status", PutBackStatus, table="put_back")]

    def __str__(self) -> str:
        return f"{self.quantity} to {self.bin_id}"

    @transition(field=status, source=PutBackStatus.OPEN, target=PutBackStatus.DONE)
    def finish(self) -> None:
        """They lie in their bin again."""


@append_only()
class ScanEvent(models.Model):
    """One scan of one device; ``client_id`` is made by the device, so a scan sent twice counts once."""

    client_id = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pick_list = models.ForeignKey(PickList, on_delete=models.PROTECT, null=True, related_name="scans")
    task = models.ForeignKey(PickTask, on_delete=models.PROTECT, null=True, related_name="scans")
    package = models.ForeignKey("warehouse.Package", on_delete=models.PROTECT, null=True, related_name="scans")
    code = models.CharField(max_length=255)
    kind = models.CharField(max_length=16, choices=ScanKind.choices, blank=True)
    quantity = models.PositiveIntegerField(default=0, help_text="Units that it moved.")
    is_accepted = models.BooleanField()
    message = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.code
