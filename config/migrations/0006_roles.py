"""The rights to papers in full: their taxes, their files, their exports."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0005_roles"), ("orders", "0017_fill_papers")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
