"""The rights to substitutes: what may be sent instead, and what customers answer."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0011_roles"), ("orders", "0030_substitutes"), ("warehouse", "0005_substitution")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
