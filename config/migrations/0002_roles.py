"""The rights to what came after the first migrations."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0001_roles"), ("orders", "0002_access_code")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
