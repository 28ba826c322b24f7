"""A stopped clock for tests about dates."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch


@contextmanager
def at(moment: str) -> Iterator[None]:
    """Django's clock shows ``moment`` (ISO 8601 with offset)."""
    with patch("django.utils.timezone.now", return_value=datetime.fromisoformat(moment)):
        yield
