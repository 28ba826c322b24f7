"""For every test: the embedded servers run before Django looks for its database; a browser, folders for servers."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

from config.embedded.servers import start_if_needed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Playwright's loop runs in the test's own thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


MOST_WORKERS = 6  # Valkey has 16 numbers: two for each, and four for demo and benchmark


def pytest_configure(config: pytest.Config) -> None:
    start_if_needed()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs on all cores; a part of it that somebody names runs at once, in this process."""
    is_whole = config.args == config.getini("testpaths")
    return min(os.cpu_count() or 1, MOST_WORKERS) if is_whole else 0


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_quickly() -> Iterator[None]:
    """After a test with real commits: deletes what little there is; a TRUNCATE rewrites the files of every table."""

    def sql_flush(
        operations: DatabaseOperations,
        style: object,
        tables: list[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        names = [operations.quote_name(table) for table in tables]
        with operations.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"(SELECT %s FROM {name} LIMIT 1)" for name in names), names)
            filled = [name for (name,) in cursor.fetchall()]
        # As a replica it asks neither foreign keys nor the triggers that keep ledgers whole.
        return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in filled)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One real Chromium for the whole run: skipped aloud where there is none, a failure where CI runs."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        message = "No Chromium here: install Debian's package `chromium`."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def nobody_has_tried_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong codes of gift cards are counted in Valkey, which outlives a test and its rows."""
    monkeypatch.setattr("orders.gift_codes.KEY", f"gift-card-tries-{uuid4().hex}")


@pytest.fixture
def var() -> Iterator[Path]:
    """A short folder that every account can reach, as a project's `var/` usually is."""
    root = Path(tempfile.mkdtemp(prefix="oms-test-"))
    root.chmod(0o755)
    yield root / "var"
    shutil.rmtree(root)
