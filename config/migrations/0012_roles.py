"""The rights to sourcing, waves, purchasing and substitutes."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0011_roles"), ("orders", "0031_substitutes"), ("warehouse", "0005_substitution")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
