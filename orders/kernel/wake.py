"""The doorbell: rows are the queue, and a lost ring costs a delay, never a message."""

from django.conf import settings
from django.utils.module_loading import import_string


def wake(queue: str) -> None:
    """Wake the workers of ``queue``; the beat rings again should this ring get lost."""
    import_string(settings.DOORBELL)(queue)
