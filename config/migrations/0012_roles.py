"""The rights to buy, to receive and to put goods away."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0011_roles"), ("warehouse", "0004_purchasing")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
