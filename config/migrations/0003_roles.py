"""The rights to the taxes and files of legal papers, and to export them."""

from django.db import migrations

from config.roles import grant_roles


class Migration(migrations.Migration):
    dependencies = [("config", "0002_roles"), ("orders", "0011_fill_papers")]

    operations = [migrations.RunPython(grant_roles, migrations.RunPython.noop, elidable=False)]
