"""The rights to look after customers: to merge, export and erase them."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0002_roles"), ("orders", "0009_found_by_any_phone")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
