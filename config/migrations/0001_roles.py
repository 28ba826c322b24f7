"""The staff's roles."""

from django.db import migrations

from config.roles import grant_roles, remove_roles


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("orders", "0001_initial"),
        ("warehouse", "0001_initial"),
        ("shipping", "0001_initial"),
        ("returns", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant_roles, remove_roles, elidable=False)]
