"""The rights to hold rules, and to give unpaid orders more time."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0002_roles"), ("orders", "0008_holds_and_expiry")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
