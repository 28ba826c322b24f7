"""A progress bar, on terminals only."""

import time
from types import TracebackType
from typing import Self, TextIO

WIDTH = 30
EVERY_S = 0.1


class Progress:
    """Shows how much is done and how fast; with a known ``total`` also the share and the seconds left."""

    def __init__(self, total: int = 0, *, unit: str, stream: TextIO) -> None:
        self._total = total
        self._unit = unit
        self._stream = stream if stream.isatty() else None
        self._started = self._shown = time.monotonic()
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._show("")

    def advance(self, steps: int) -> None:
        self._done += steps
        now = time.monotonic()
        if now - self._shown >= EVERY_S:
            self._shown = now
            self._show(self._text(now - self._started))

    def _show(self, text: str) -> None:
        if self._stream:
            self._stream.write(f"\r{text}\x1b[K")
            self._stream.flush()

    def _text(self, seconds: float) -> str:
        rate = self._done / seconds
        counted = f"{self._done:,} {self._unit}, {rate:,.0f}/s"
        if not self._total:
            return f"reading: {counted}"
        part = self._done / self._total
        bar = "█" * int(part * WIDTH)
        return f"{bar:░<{WIDTH}} {part:4.0%} {counted}, {(self._total - self._done) / rate:.0f} s left"
