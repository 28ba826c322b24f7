"""The rights to payment links, gift cards and store credit."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0004_roles"), ("orders", "0013_payments_by_value")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
