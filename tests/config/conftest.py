"""Servers of their own for the tests that kill them, so that nobody else's are disturbed."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.paths import Layout
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey


@pytest.fixture
def var() -> Iterator[Path]:
    """A short folder that every account can reach, as a project's `var/` usually is."""
    root = Path(tempfile.mkdtemp(prefix="oms-test-"))
    root.chmod(0o755)
    yield root / "var"
    shutil.rmtree(root)


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
