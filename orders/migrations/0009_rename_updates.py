"""``order.changed`` is what partners know as an edit; a new note or tag is ``order.updated``."""

from functools import partial

import pgtrigger
from django.db import migrations

RENAME = "UPDATE orders_orderevent SET type = %s WHERE type = %s AND NOT public"


def rename(apps, schema_editor, *, old, new):
    with pgtrigger.ignore("orders.OrderEvent:append_only"), schema_editor.connection.cursor() as cursor:
        cursor.execute(RENAME, [new, old])


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_order_change")]

    operations = [
        migrations.RunPython(
            partial(rename, old="order.changed", new="order.updated"),
            partial(rename, old="order.updated", new="order.changed"),
        )
    ]
