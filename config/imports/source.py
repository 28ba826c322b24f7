"""The physical lines of a text file, plain or gzipped, one at a time and of bounded length."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_LINE = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class UnreadableFile(Exception):
    """The file can't be read, or not to its end; the message is for the person who named it."""


def physical_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and bytes of each line without its line end; of an overlong line only the beginning.

    A byte order mark is dropped. Raises UnreadableFile when the file is missing, a folder or broken.
    """
    try:
        with _open(path) as file:
            number = 0
            while piece := file.readline(LONGEST_LINE + 2):
                number += 1
                if number == 1:
                    piece = piece.removeprefix(BYTE_ORDER_MARK)
                yield number, piece.rstrip(b"\r\n")
                while not piece.endswith(b"\n") and (piece := file.readline(LONGEST_LINE)):
                    pass  # the rest of an overlong line
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path}: {error}") from error


def _open(path: Path) -> io.BufferedIOBase:
    with path.open("rb") as file:
        is_gzipped = file.read(2) == _GZIP_MAGIC
    return gzip.open(path) if is_gzipped else path.open("rb")
