from django.db import migrations

_PAID = """
    UPDATE orders_order SET payment_status = 'paid'
    WHERE payment_status = 'unpaid' AND total = 0 AND status IN ('confirmed', 'completed')
"""
_UNPAID = """
    UPDATE orders_order SET payment_status = 'unpaid'
    WHERE payment_status = 'paid' AND total = 0 AND captured_total = 0 AND status IN ('confirmed', 'completed')
"""


class Migration(migrations.Migration):
    """What goes on and costs nothing counts as paid: bring the few older orders in line with orders.derivation."""

    dependencies = [
        ('orders', '0004_fill_customer_name'),
    ]

    operations = [
        migrations.RunSQL(_PAID, _UNPAID),
    ]
