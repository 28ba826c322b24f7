import django.db.models.expressions
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index is built beside the traffic."""

    atomic = False

    dependencies = [
        ('orders', '0006_found_by_phone_and_reference'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='orderline',
            index=models.Index(condition=models.Q(('ordered__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('cancelled'), '+', models.F('allocated')), '+', models.F('backordered')), '+', models.F('shipped')))), fields=['order'], name='order_line_unsourced'),
        ),
    ]
