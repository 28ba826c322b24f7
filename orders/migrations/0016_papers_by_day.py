"""Papers are listed and summed by the day of issue; built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0015_invoices_in_full")]

    operations = [
        AddIndexConcurrently(
            model_name='creditnote',
            index=models.Index(fields=['issued_on', 'id'], name='credit_note_issued_on'),
        ),
        AddIndexConcurrently(
            model_name='invoice',
            index=models.Index(fields=['issued_on', 'id'], name='invoice_issued_on'),
        ),
    ]
