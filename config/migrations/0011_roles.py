"""The rights to bundles, digital goods and their codes."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0010_roles"), ("orders", "0026_lines_of_kinds")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
