"""Where goods lie: warehouses and their bins."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.kernel.guards import legal
from orders.models import Partner
from orders.models.fields import ExactField
from warehouse.planning.blocks import Layout
from warehouse.planning.calendar import Hours
from warehouse.states import BinKind, FillPolicy


class Warehouse(models.Model):
    """A building with stock; ``priority`` decides among equals, lowest first."""

    code = models.SlugField(max_length=16, unique=True)
    name = models.CharField(max_length=100)
    address = models.JSONField(default=dict)
    country = models.CharField(max_length=2)
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("In degrees; for distances to other countries. Empty: the middle of its country."),
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    timezone = models.CharField(max_length=64, default="Europe/Berlin")
    cutoff_time = models.TimeField(default="15:00", help_text="Orders confirmed before it leave the same day.")
    working_days = models.CharField(max_length=7, default="12345", help_text="ISO weekdays, 1 is Monday.")
    capacity_per_day = models.PositiveIntegerField(null=True, blank=True, help_text="Parcels; empty: no limit.")
    priority = models.PositiveSmallIntegerField(default=10)
    run_by = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The logistics partner who works here and sees its work orders by the API; empty: we do.",
    )
    aisle_length_m = models.DecimalField(
        max_digits=6, decimal_places=2, default=Decimal(20), help_text="From the front cross aisle to the back one."
    )
    aisle_distance_m = models.DecimalField(
        max_digits=6, decimal_places=2, default=Decimal(4), help_text="From the middle of an aisle to that of the next."
    )
    bay_pitch_m = models.DecimalField(
        max_digits=6, decimal_places=2, default=Decimal("1.20"), help_text="From one bay to the next of its aisle."
    )
    is_active = models.BooleanField(default=True)
    fill_policy = models.CharField(
        max_length=32,
        choices=FillPolicy.choices,
        default=FillPolicy.OLDEST,
        db_default=FillPolicy.OLDEST.value,
        help_text="Who gets goods that came in, when more units wait than came.",
    )
    service_level = ExactField(
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.95"),
        db_default=Decimal("0.95"),
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal("0.999"))],
        help_text="The share of reorder cycles without running out; 0.95 is 95 %.",
    )
    demand_days = models.PositiveSmallIntegerField(
        default=60,
        db_default=60,
        validators=[MinValueValidator(7)],
        help_text="How many past days tell what will be sold.",
    )
    cover_days = models.PositiveSmallIntegerField(
        default=14, db_default=14, help_text="How many days a purchase for stock should last."
    )

    class Meta:
        ordering = ["priority", "code"]
        constraints = [
            legal("fill_policy", FillPolicy, table="warehouse"),
            models.CheckConstraint(
                name="warehouse_service_level", condition=Q(service_level__gte=0.5, service_level__lt=1)
            ),
            models.CheckConstraint(name="warehouse_demand_days", condition=Q(demand_days__gte=7)),
            models.CheckConstraint(
                name="warehouse_whole_position",
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
            models.CheckConstraint(
                name="warehouse_layout_positive",
                condition=Q(aisle_length_m__gt=0, aisle_distance_m__gt=0, bay_pitch_m__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def hours(self) -> Hours:
        """When it works, for the arithmetic of dates."""
        return Hours(timezone=self.timezone, cutoff_time=self.cutoff_time, working_days=self.working_days)

    @property
    def layout(self) -> Layout:
        """How its aisles lie, for the length of walks."""
        return Layout(
            aisle_length_m=float(self.aisle_length_m),
            aisle_distance_m=float(self.aisle_distance_m),
            bay_pitch_m=float(self.bay_pitch_m),
        )


class Bin(models.Model):
    """One place in a warehouse. Its barcode is ``code``; pickers walk bins by ``walk_sequence``."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="bins")
    code = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, choices=BinKind.choices, default=BinKind.PICK)
    zone = models.CharField(max_length=16, blank=True)
    aisle = models.PositiveSmallIntegerField(default=0)
    bay = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    walk_sequence = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["warehouse", "walk_sequence", "code"]
        constraints = [
            legal("kind", BinKind, table="bin"),
            models.UniqueConstraint(fields=["warehouse", "code"], name="bin_code_once"),
            models.UniqueConstraint(
                fields=["warehouse", "kind"],
                condition=Q(kind__in=[BinKind.PACKING, BinKind.RECEIVING, BinKind.RETURNS]),
                name="bin_one_station_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse.code} {self.code}"
