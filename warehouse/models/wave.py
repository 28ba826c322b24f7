"""Waves: which orders are fetched together, as planned, and when waves are released by themselves."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import ShippingMethod
from warehouse.models.fulfillment import FulfillmentOrder
from warehouse.models.place import Warehouse
from warehouse.planning.wave_terms import Limits
from warehouse.states import PickKind, WaveStatus

W = WaveStatus
_AT_LEAST_ONE = MinValueValidator(1)
_DAYS = RegexValidator(r"^(?!.*(.).*\1)[1-7]{1,7}$", _("ISO weekdays, each once: 12345 is Monday to Friday."))


class WaveTerms(models.Model):
    """What a wave is planned by: which work may join it, how large it may be, and how it is walked."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="%(class)ss")
    kind = models.CharField(max_length=16, choices=PickKind.choices, default=PickKind.BATCH)
    methods = models.ManyToManyField(
        ShippingMethod, blank=True, related_name="+", help_text="Only orders sent in one of these ways; empty: all."
    )
    zone = models.CharField(max_length=16, blank=True, help_text="Only what this zone can give alone; empty: all.")
    min_age_minutes = models.PositiveIntegerField(default=0, help_text="Younger orders wait for company.")
    lead_minutes = models.PositiveIntegerField(
        default=120, help_text="So long before the cut-off, what leaves today must go; what is late always must."
    )
    max_age_hours = models.PositiveIntegerField(
        null=True, blank=True, validators=[_AT_LEAST_ONE], help_text="Older orders must go; empty: however old."
    )
    complete_only = models.BooleanField(default=False, help_text="Orders of which something is missing stay behind.")
    min_units = models.PositiveIntegerField(
        default=0, help_text="A wave of fewer units takes more aisles before fewer are worth anything."
    )
    max_units = models.PositiveIntegerField(null=True, blank=True, validators=[_AT_LEAST_ONE])
    max_orders = models.PositiveIntegerField(default=100, validators=[_AT_LEAST_ONE])
    orders_per_list = models.PositiveIntegerField(
        default=12, validators=[_AT_LEAST_ONE], help_text="Of a batch or zone list; of a cluster list: totes on a cart."
    )

    class Meta:
        abstract = True

    @property
    def limits(self) -> Limits:
        """How large it may be."""
        return Limits(max_units=self.max_units, max_orders=self.max_orders, min_units=self.min_units)


def _sensible(table: str) -> list[models.CheckConstraint]:
    """What every table of terms keeps."""
    at_least_one = Q(max_orders__gte=1, orders_per_list__gte=1) & (Q(max_units=None) | Q(max_units__gte=1))
    return [
        legal("kind", PickKind, table=table),
        models.CheckConstraint(name=f"{table}_limits", condition=at_least_one),
        models.CheckConstraint(
            name=f"{table}_min_max",
            condition=Q(max_units=None) | Q(min_units__lte=F("max_units")),
            violation_error_message=_("It needs more units than it may have."),
        ),
    ]


class WaveSchedule(WaveTerms):
    """A wave that is planned and released by itself, on its days from ``starts_at``, again every so many minutes."""

    name = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(default=10, help_text="Of those due at once: lowest first.")
    days = models.CharField(max_length=7, default="12345", validators=[_DAYS], help_text="ISO weekdays, 1 is Monday.")
    starts_at = models.TimeField(default=time(8), help_text="On the warehouse's clock.")
    every_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(5)], help_text="Again after so many; empty: once a day."
    )
    ends_at = models.TimeField(null=True, blank=True, help_text="Not again after it; empty: midnight.")
    last_run_at = models.DateTimeField(default=timezone.now, editable=False)
    last_outcome = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        ordering = ["warehouse", "priority", "name"]
        constraints = [
            *_sensible("wave_schedule"),
            models.CheckConstraint(
                name="wave_schedule_every", condition=Q(every_minutes=None) | Q(every_minutes__gte=5)
            ),
            models.CheckConstraint(
                name="wave_schedule_hours",
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                violation_error_message=_("It ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@guarded("status")
class Wave(Stateful, WaveTerms):
    """Work that is fetched together. Its figures are those of the plan; planned again from ``seed`` it is the same."""

    public_id = PublicIdField(prefix="wv")
    status = StateField(choices=W.choices, default=W.PLANNED)
    schedule = models.ForeignKey(WaveSchedule, on_delete=models.SET_NULL, null=True, blank=True, related_name="waves")
    fulfillment_orders = models.ManyToManyField(FulfillmentOrder, related_name="waves")
    aisles = ArrayField(models.CharField(max_length=24), default=list, help_text="Zone and number of each.")
    seed = models.PositiveIntegerField(default=0)
    iterations = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    must_go = models.PositiveIntegerField(default=0, help_text="Of its orders those that must go.")
    lines = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(default=0)
    lists = models.PositiveIntegerField(default=0)
    metres = models.DecimalField(max_digits=9, decimal_places=1, default=0)
    aisles_by_age = models.PositiveIntegerField(default=0, help_text="That the oldest orders would take for as much.")
    left_out = models.PositiveIntegerField(default=0, help_text="Orders that could have joined.")
    must_go_left = models.PositiveIntegerField(default=0, help_text="Of those left out, the ones that must go.")
    oldest_left = models.CharField(max_length=16, blank=True, help_text="The number of the oldest of those left out.")
    oldest_left_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [legal("status", WaveStatus, table="wave"), *_sensible("wave")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def aisle_count(self) -> int:
        """How many aisles it visits."""
        return len(self.aisles)

    @transition(field=status, source=W.PLANNED, target=W.RELEASED)
    def release(self) -> None:
        """Its lists are on the floor."""

    @transition(field=status, source=W.RELEASED, target=W.DONE)
    def finish(self) -> None:
        """None of its lists is open any more."""

    @transition(field=status, source=W.DONE, target=W.RELEASED)
    def reopen(self) -> None:
        """A pick was undone: one of its lists is open again."""

    @transition(field=status, source=[W.PLANNED, W.RELEASED], target=W.CANCELLED)
    def cancel(self) -> None:
        """Nothing of it is fetched; its orders are free for other waves."""
