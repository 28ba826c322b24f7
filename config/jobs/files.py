"""The files of jobs: kept in the default storage under names that nobody guesses, until they are forgotten."""

import gzip
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage

from orders.services.forget_files import forget_files

FOLDER = "jobs"


def keep(content: IO[bytes] | File, name: str) -> str:  # type: ignore[type-arg]
    """Store a file; returns its name in the storage, which keeps the ending of ``name``."""
    endings = "".join(Path(name).suffixes[-2:]).lower()
    return default_storage.save(f"{FOLDER}/{uuid4().hex}{endings}", File(content))


def keep_pieces(pieces: Iterable[bytes], name: str) -> str:
    """The same for a file that is made now, piece by piece, on this machine's disk first."""
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        return keep(file, name)


def open_file(name: str) -> IO[bytes]:
    """A stored file, to be read. Raises FileNotFoundError."""
    return default_storage.open(name, "rb")


@contextmanager
def on_disk(name: str, called: str) -> Iterator[Path]:
    """A stored file as a path of this machine, whatever the storage is, under the name that people call it by."""
    with tempfile.TemporaryDirectory(prefix="oms-job-") as folder:
        path = Path(folder) / (Path(called).name or "file")
        with open_file(name) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield path


def beginning(file: IO[bytes], size: int = 64 * 1024) -> bytes:
    """The first bytes of a file, unpacked when it is gzipped; the file is where it was afterwards."""
    file.seek(0)
    head = file.read(size)
    if head[:2] == b"\x1f\x8b":
        file.seek(0)
        with gzip.open(file) as unpacked:
            head = unpacked.read(size)
    file.seek(0)
    return head


def delete(name: str) -> None:
    """Delete a stored file; one that is gone is fine."""
    default_storage.delete(name)


def forget_old_files() -> int:
    """Delete the files of jobs that ended a week ago."""
    return forget_files(delete)
