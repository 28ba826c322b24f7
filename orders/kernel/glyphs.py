"""Which characters a font has: the Unicode tables of its ``cmap``, formats 4 and 12 (OpenType 1.9)."""

import struct
from collections.abc import Iterator

_UNICODE = {(0, 3), (0, 4), (3, 1), (3, 10)}  # platform, encoding


def covered(font: bytes) -> frozenset[int]:
    """The code points that have a glyph."""
    (count,) = struct.unpack_from(">H", font, 4)
    tables = struct.iter_unpack(">4s4xI4x", font[12 : 12 + 16 * count])
    cmap = next(offset for tag, offset in tables if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    encodings = struct.iter_unpack(">HHI", font[cmap + 4 : cmap + 4 + 8 * count])
    tables_of_unicode = {cmap + offset for platform, encoding, offset in encodings if (platform, encoding) in _UNICODE}
    return frozenset(point for start in tables_of_unicode for point in _points(font, start))


def _points(font: bytes, start: int) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", font, start)
    if form == 12:
        (count,) = struct.unpack_from(">I", font, start + 12)
        for first, last, glyph in struct.iter_unpack(">III", font[start + 16 : start + 16 + 12 * count]):
            yield from (point for point in range(first, last + 1) if glyph + point - first)
    elif form == 4:
        yield from _points_of_segments(font, start)


def _points_of_segments(font: bytes, start: int) -> Iterator[int]:
    """Format 4: glyphs by a delta, or by a list that an offset from its own place leads to."""
    (twice,) = struct.unpack_from(">H", font, start + 6)
    for segment in range(twice // 2):
        ends = start + 14 + 2 * segment
        (last,) = struct.unpack_from(">H", font, ends)
        (first,) = struct.unpack_from(">H", font, ends + twice + 2)
        (delta,) = struct.unpack_from(">H", font, ends + 2 * twice + 2)
        place = ends + 3 * twice + 2
        (offset,) = struct.unpack_from(">H", font, place)
        for point in range(first, min(last, 0xFFFE) + 1):
            if offset:
                (glyph,) = struct.unpack_from(">H", font, place + offset + 2 * (point - first))
                present = glyph != 0
            else:
                present = (point + delta) % 65536 != 0
            if present:
                yield point
