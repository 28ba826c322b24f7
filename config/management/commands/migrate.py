"""`manage.py migrate` without the time limits that requests and tasks have."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand

from config.patience import unhurried


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with unhurried(using=options["database"]):
            super().handle(*args, **options)
