"""Real parcels' worth of product sizes: weight and edges of products by category, for demo and tests."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.imports.source import physical_lines

COLUMNS = ["category", "weight_g", "length_cm", "height_cm", "width_cm"]


@dataclass(frozen=True, slots=True)
class Dimensions:
    """How heavy and large one product is; all four measures are above zero."""

    category: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


def read_dimensions(path: Path) -> list[Dimensions]:
    """The products of the file whose measures are all known, in the file's order. Raises UnreadableFile."""
    return list(_dimensions(path))


def _dimensions(path: Path) -> Iterator[Dimensions]:
    text = b"\n".join(line for _, line in physical_lines(path)).decode()
    for row in csv.DictReader(io.StringIO(text)):
        weight, length, height, width = (int(row[name] or 0) for name in COLUMNS[1:])
        if min(weight, length, height, width) > 0:
            yield Dimensions(row["category"], weight, length * 10, width * 10, height * 10)
