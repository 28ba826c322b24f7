"""The rights to waves, their schedules and totes."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0011_roles"), ("warehouse", "0003_waves")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
