"""The rights to bundles and digital goods."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0003_roles"), ("orders", "0011_lines_of_kinds")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
