"""Servers of their own for the tests that kill them, so that nobody else's are disturbed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.paths import Layout
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey


@pytest.fixture
def postgres(var: Path) -> Iterator[Postgres]:
    server = Postgres(Layout(var))
    yield server
    server.erase()


@pytest.fixture
def valkey(var: Path) -> Iterator[Valkey]:
    server = Valkey(Layout(var))
    yield server
    server.erase()
