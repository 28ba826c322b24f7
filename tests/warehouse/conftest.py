"""After every test of this floor the books agree."""

from collections.abc import Iterator

import pytest

from tests.warehouse.scenes import assert_books_agree


@pytest.fixture
def books(db: None) -> Iterator[None]:
    """Check the books when the test is over, whatever it did."""
    yield
    assert_books_agree()
