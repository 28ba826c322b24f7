"""The rights to drafts and contacts."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0009_roles"), ("orders", "0024_drafts_and_contacts")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
