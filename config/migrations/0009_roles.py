"""The rights to imports and exports."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0008_roles"), ("orders", "0023_job")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
