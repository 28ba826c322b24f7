"""The rights to hold rules, and to give unpaid orders more time."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0003_roles"), ("orders", "0010_holds_and_expiry")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
