"""Newline-delimited JSON: one object a line, each read by itself."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.imports.faults import Fault, Refused
from config.imports.source import UnreadableFile
from config.imports.table import LONGEST_CELL, opened

# As JSON can't hide it: raw control characters are errors of the parser, these are the escaped ones.
_CONTROL = re.compile(r"\\u00(?:0[0-8bce-f]|1[0-9a-f]|7f)|\\[bf]", re.IGNORECASE)


def objects(path: Path) -> Iterator[tuple[int, str, dict[str, Any] | Refused]]:
    """Number and text of each line that isn't blank, with its object or why there is none.

    Raises UnreadableFile when already the first line is no object: then it is another kind of file.
    """
    with opened(path) as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_CELL + 2), ""), start=1):
            text = line.strip()
            if not text:
                continue
            found = _object(text)
            if number == 1 and isinstance(found, Refused) and found.fault is Fault.BAD_JSON:
                raise UnreadableFile(f"{path.name}: this is no NDJSON file; each line must be one JSON object.")
            yield number, text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), found


def _object(text: str) -> dict[str, Any] | Refused:
    if len(text) > LONGEST_CELL:
        return Refused(Fault.BAD_JSON, "the line is too long")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return Refused(Fault.BAD_ENCODING, "save the file as UTF-8")
    if _CONTROL.search(text):
        return Refused(Fault.CONTROL_CHARACTER)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Refused(Fault.BAD_JSON, str(error)[:100])
    return found if isinstance(found, dict) else Refused(Fault.BAD_JSON, "it is no object")
