from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_BATCH = 5_000

# A customer's name is what their first order gave. Another partner's orders may not tell it: the name of their own
# address stands in. Rows are locked by key, as everybody does; running it again does the rest.
_FILL = """
    WITH batch AS MATERIALIZED (
        SELECT id FROM orders_order WHERE id > %(after)s AND id <= %(upto)s AND customer_name = ''
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE orders_order o
    SET customer_name = CASE
        WHEN o.partner_id IS NOT DISTINCT FROM (
            SELECT first.partner_id FROM orders_order first WHERE first.customer_id = c.id ORDER BY first.id LIMIT 1
        ) THEN c.name
        ELSE left(coalesce(o.shipping_address ->> 'name', ''), 255) END
    FROM batch, orders_customer c
    WHERE o.id = batch.id AND c.id = o.customer_id AND c.name <> ''
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute('SELECT coalesce(max(id), 0) FROM orders_order')
        (last,) = cursor.fetchone()
        for after in range(0, last, _BATCH):
            cursor.execute(_FILL, {'after': after, 'upto': after + _BATCH})


class Migration(migrations.Migration):
    """Each batch is a transaction of its own, and the index is built beside the traffic."""

    atomic = False

    dependencies = [
        ('orders', '0003_order_customer_name'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(fields=['phone'], name='order_phone'),
        ),
    ]
