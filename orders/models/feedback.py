"""What the customer thought of it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from orders.models.line import OrderLine
from orders.models.order import Order


class Feedback(models.Model):
    """A rating from 1 to 5 with tags and a comment, on an order or one of its lines."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="feedback")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback")
    rating = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    tags = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(name="feedback_rating_1_to_5", condition=Q(rating__gte=1, rating__lte=5)),
            models.UniqueConstraint(fields=["order", "line"], name="feedback_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.rating}/5 for {self.order_id}"
