"""One process at a time starts or stops a server; the others wait and then find it running."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.errors import EmbeddedError


@contextmanager
def exclusive(path: Path, *, patience: float = 120.0, busy: str = "") -> Iterator[None]:
    """Hold the lock file; the kernel lets go of it when the holder dies, so it can't be stale.

    Raises EmbeddedError (with the words `busy`) when somebody else has held it all the time.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _got(descriptor, time.monotonic() + patience):
            raise EmbeddedError(busy or f"another process has held {path} for too long")
        yield
    finally:
        os.close(descriptor)


def _got(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True
