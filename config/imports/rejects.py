"""The file of rejected lines: what, where, by which rule, and the line as it stood, ready for a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from orders.exports.cells import harmless


@dataclass(frozen=True, kw_only=True)
class Reject:
    """One line that isn't in; ``text`` is the line as it stood."""

    number: int
    rule: str
    reason: str
    text: str


class Rejects:
    """Writes rejected lines as they come."""

    def __init__(self, file: TextIO | None) -> None:
        self._writer = csv.writer(file) if file else None
        if self._writer:
            self._writer.writerow(["line", "rule", "reason", "text"])

    def write(self, rejects: Iterable[Reject]) -> None:
        if self._writer:
            self._writer.writerows(
                (reject.number, reject.rule, _harmless(reject.reason), _harmless(reject.text)) for reject in rejects
            )


@contextmanager
def rejects_file(path: Path | None) -> Iterator[Rejects]:
    """Rejects that go to ``path``, or nowhere. Raises OSError when it can't be written."""
    if path is None:
        yield Rejects(None)
        return
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        yield Rejects(file)


def _harmless(text: str) -> str:
    """No spreadsheet takes it for a formula, and no NUL gets out."""
    return harmless(text.replace("\0", "\\x00"))
