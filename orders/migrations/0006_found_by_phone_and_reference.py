import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The indexes are built beside the traffic."""

    atomic = False

    dependencies = [
        ('orders', '0005_free_orders_are_paid'),
    ]

    operations = [
        migrations.AlterField(
            model_name='customer',
            name='phone',
            field=models.CharField(blank=True, max_length=32),
        ),
        AddIndexConcurrently(
            model_name='customer',
            index=models.Index(django.db.models.functions.text.Right(models.Func(models.F('phone'), models.Value('\\D'), models.Value(''), models.Value('g'), function='regexp_replace', output_field=models.TextField()), 7), condition=models.Q(('phone', ''), _negated=True), name='customer_phone_tail'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(django.db.models.functions.text.Upper('external_ref'), condition=models.Q(('external_ref', ''), _negated=True), name='order_external_ref_upper'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(django.db.models.functions.text.Right(models.Func(models.F('phone'), models.Value('\\D'), models.Value(''), models.Value('g'), function='regexp_replace', output_field=models.TextField()), 7), condition=models.Q(('phone', ''), _negated=True), name='order_phone_tail'),
        ),
    ]
