"""Indexes of the tables that grow, built beside the traffic."""

import django.db.models.fields.json
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0010_holds_and_expiry")]

    operations = [
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(condition=models.Q(('status', 'placed')), fields=['expires_at'], name='order_expires'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(django.db.models.functions.text.Lower(django.db.models.fields.json.KeyTextTransform('line1', 'shipping_address')), django.db.models.functions.text.Upper(django.db.models.fields.json.KeyTextTransform('postal_code', 'shipping_address')), name='order_door'),
        ),
        AddIndexConcurrently(
            model_name='processexception',
            index=models.Index(fields=['status', 'urgency', 'opened_at', 'id'], name='exception_queue'),
        ),
        AddIndexConcurrently(
            model_name='orderhold',
            index=models.Index(condition=models.Q(('released_at', None)), fields=['created_at'], name='hold_open_since'),
        ),
    ]
