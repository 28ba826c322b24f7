"""Files with planted lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.imports.lines import HEADER


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of the given lines under the right header."""

    def write(*lines: str | bytes, name: str = "lines.csv") -> Path:
        path = tmp_path / name
        raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
        path.write_bytes(b"\r\n".join([HEADER, *raw]) + b"\r\n")
        return path

    return write
