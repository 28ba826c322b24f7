"""The rights to changes after placement."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0002_roles"), ("orders", "0008_order_change")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
