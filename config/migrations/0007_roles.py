"""The rights to the news of payment gateways."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0006_roles"), ("orders", "0019_gateway_indexes")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
