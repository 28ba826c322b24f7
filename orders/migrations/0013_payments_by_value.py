"""Payments found by link, gift card and store credit, and their CHECK proven, beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0012_stored_value")]

    operations = [
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('link__isnull', False)), fields=['link'], name='payment_link'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('gift_card__isnull', False)), fields=['gift_card'], name='payment_gift_card'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('store_credit__isnull', False)), fields=['store_credit'], name='payment_store_credit'),
        ),
        ValidateConstraint(model_name="payment", name="payment_taken_from"),
    ]
