"""The rights to bundles and digital goods."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0003_roles"), ("orders", "0010_bundles_preorders_digital")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
