import json

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently, ValidateConstraint
from django.db import migrations, models

from orders.addresses import fingerprint
from orders.phones import normal_form

_BATCH = 2_000
_PHONES = {
    'orders_order': "SELECT id, phone, coalesce(shipping_address ->> 'country', '') FROM orders_order",
    'orders_customer': """
        SELECT id, phone, coalesce((SELECT o.shipping_address ->> 'country' FROM orders_order o
            WHERE o.customer_id = orders_customer.id ORDER BY o.id DESC LIMIT 1), '') FROM orders_customer
    """,
}
_NORMALISE = """
    WITH batch AS MATERIALIZED (
        SELECT t.id, n.phone FROM {table} t JOIN unnest(%s::bigint[], %s::text[]) AS n(id, phone) USING (id)
        ORDER BY t.id FOR NO KEY UPDATE OF t
    )
    UPDATE {table} t SET phone_e164 = batch.phone FROM batch WHERE t.id = batch.id
"""
_ADDRESSES = """
    SELECT customer_id, shipping_address, billing_address, created_at FROM orders_order
    WHERE id > %s AND id <= %s AND shipping_address ->> 'line1' <> ''
"""
_REMEMBER = """
    INSERT INTO orders_customeraddress AS known (customer_id, fingerprint, label, address, last_used_at)
    SELECT customer_id, fingerprint, '', address, used_at
    FROM unnest(%s::bigint[], %s::text[], %s::jsonb[], %s::timestamptz[]) AS t(customer_id, fingerprint, address, used_at)
    ORDER BY customer_id, fingerprint
    ON CONFLICT (customer_id, fingerprint) DO UPDATE
    SET last_used_at = greatest(known.last_used_at, EXCLUDED.last_used_at)
"""


def _ranges(cursor, table):
    cursor.execute(f'SELECT coalesce(max(id), 0) FROM {table}')
    (last,) = cursor.fetchone()
    return range(0, last, _BATCH)


def normalise_phones(apps, schema_editor):
    """Phones that have no normal form yet; each batch is a transaction of its own, and running it again is harmless."""
    with schema_editor.connection.cursor() as cursor:
        for table, select in _PHONES.items():
            for after in _ranges(cursor, table):
                cursor.execute(
                    f"{select} WHERE id > %s AND id <= %s AND phone <> '' AND phone_e164 = ''", [after, after + _BATCH]
                )
                found = [(pk, normal_form(phone, country)) for pk, phone, country in cursor.fetchall()]
                known = [(pk, phone) for pk, phone in found if phone]
                if known:
                    cursor.execute(_NORMALISE.format(table=table), [list(part) for part in zip(*known, strict=True)])


def remember_addresses(apps, schema_editor):
    """Where older orders went becomes their customers' address books."""
    with schema_editor.connection.cursor() as cursor:
        for after in _ranges(cursor, 'orders_order'):
            cursor.execute(_ADDRESSES, [after, after + _BATCH])
            books = {}
            for customer, shipping, billing, at in cursor.fetchall():
                for address in (shipping, billing):
                    address = json.loads(address) if isinstance(address, str) else address
                    if address:
                        key = (customer, fingerprint(address))
                        used = max(at, books[key][1]) if key in books else at
                        books[key] = (json.dumps(address), used)
            if books:
                keys, values = zip(*books.keys(), strict=True), zip(*books.values(), strict=True)
                cursor.execute(_REMEMBER, [list(part) for part in (*keys, *values)])


class Migration(migrations.Migration):
    """Filled in batches and indexed beside the traffic."""

    atomic = False

    dependencies = [
        ('orders', '0020_customers_in_full'),
    ]

    operations = [
        migrations.RunPython(normalise_phones, migrations.RunPython.noop),
        migrations.RunPython(remember_addresses, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name='customer',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('phone_e164'), name='text_pattern_ops'), condition=models.Q(('phone_e164', ''), _negated=True), name='customer_phone_backwards'),
        ),
        AddIndexConcurrently(
            model_name='customer',
            index=models.Index(models.Func(models.F('email'), models.Value('\\+[^@]*@'), models.Value('@'), function='regexp_replace', output_field=models.TextField(null=True)), condition=models.Q(('email__isnull', False)), name='customer_plain_email'),
        ),
        AddIndexConcurrently(
            model_name='customer',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='customer_merged_into'),
        ),
        AddIndexConcurrently(
            model_name='customer',
            index=models.Index(condition=models.Q(('erasure_due_on__isnull', False)), fields=['erasure_due_on'], name='customer_erasure_due'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('phone_e164'), name='text_pattern_ops'), condition=models.Q(('phone_e164', ''), _negated=True), name='order_phone_backwards'),
        ),
        ValidateConstraint(model_name='customer', name='customer_merged_elsewhere'),
        ValidateConstraint(model_name='notification', name='notification_status_legal'),
        ValidateConstraint(model_name='notification', name='notification_kind_legal'),
        RemoveIndexConcurrently(
            model_name='customer',
            name='customer_phone_tail',
        ),
        RemoveIndexConcurrently(
            model_name='order',
            name='order_phone_tail',
        ),
    ]
