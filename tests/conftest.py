"""For every test: the embedded servers run before Django looks for its database."""

import pytest

from config.embedded.servers import start_if_needed


def pytest_configure(config: pytest.Config) -> None:
    start_if_needed()
