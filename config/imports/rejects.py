"""The file of rejected lines: what, where, by which rule, and the line as it stood, ready for a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from config.imports.line import Verdict

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Rejects:
    """Writes rejected lines as they come."""

    def __init__(self, file: TextIO | None) -> None:
        self._writer = csv.writer(file) if file else None
        if self._writer:
            self._writer.writerow(["line", "rule", "reason", "text"])

    def write(self, verdicts: Iterable[Verdict]) -> None:
        if self._writer:
            self._writer.writerows(
                (verdict.number, verdict.rule.code, verdict.reason, _harmless(verdict.text))
                for verdict in verdicts
                if not verdict.rule.accepts
            )


@contextmanager
def rejects_file(path: Path | None) -> Iterator[Rejects]:
    """Rejects that go to ``path``, or nowhere. Raises OSError when it can't be written."""
    if path is None:
        yield Rejects(None)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        yield Rejects(file)


def _harmless(text: str) -> str:
    """No spreadsheet takes it for a formula, and no NUL gets out."""
    text = text.replace("\0", "\\x00")
    return f"'{text}" if text.startswith(_FORMULA) else text
