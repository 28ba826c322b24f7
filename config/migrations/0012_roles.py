"""The rights to the rules of sourcing, its decisions, and the answers of locations."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0011_roles"), ("warehouse", "0002_sourcing")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
