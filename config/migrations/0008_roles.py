"""The rights to customers in full: merge, export, erase."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0007_roles"), ("orders", "0022_ledgers_may_forget"), ("shipping", "0002_forgetful_tracking")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
