"""The rights to what payment gateways tell."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0002_roles"), ("orders", "0009_open_payments")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
