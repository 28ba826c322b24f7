from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The indexes are built beside the traffic."""

    atomic = False

    dependencies = [
        ('orders', '0018_gateways'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('status__in', ('pending', 'requires_action', 'authorized', 'partially_captured'))), fields=['id'], name='payment_open'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(fields=['updated_at'], name='payment_updated'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('gateway_ref', ''), _negated=True), fields=['gateway_ref'], name='payment_gateway_ref'),
        ),
    ]
