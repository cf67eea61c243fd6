"""What a TIFF, or the EXIF of a picture, is made of: counted before a library believes it."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from xray_core.io.limits import MAX_TAG_VALUES, MAX_TILE, check_frames, too_many

WIDTH, HEIGHT, TILE_WIDTH, TILE_HEIGHT, EXIF = 256, 257, 322, 323, 0x8769
KIND_OF_PAGE = 254  # tags, all of them
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
"""Bytes of a value, by its type's number."""
BYTES = (1, 2, 6, 7)  # types of which Pillow makes no numbers
SMALL = 2**20  # pixels that a tile may have whatever the picture is
MAX_COUNTED = 1000  # pages

Entry = tuple[int, int, int, int]
"""Tag, type, number of values, and the value where it is a small number."""


def check_tiff(data: bytes, name: str) -> None:
    """Raise RadiographError where a TIFF has more pages, values or tile than a film may have.

    Where its structure is broken, whoever reads it will find that.
    """
    with suppress(struct.error):
        directories = list(_directories(data))
        if len(directories) > 1:  # a small copy of the picture is no page
            check_frames(name, sum(not _is_reduced(page) for page in directories) or 1)
            if len(directories) == MAX_COUNTED:
                raise too_many(name, f"{MAX_COUNTED:,} directories")
        if not is_modest(data):
            raise too_many(name, f"{MAX_TAG_VALUES:,} values in its header")
        value = {tag: value for tag, _, _, value in directories[0]} if directories else {}
        picture = max(SMALL, value.get(WIDTH, 0) * value.get(HEIGHT, 0))
        if value.get(TILE_WIDTH, 0) * value.get(TILE_HEIGHT, 0) > MAX_TILE * picture:
            raise too_many(name, f"{MAX_TILE} times its own size in a tile")


def _is_reduced(page: list[Entry]) -> bool:
    return any(tag == KIND_OF_PAGE and value & 1 for tag, _, _, value in page)


def is_modest(data: bytes) -> bool:
    """Whether the first directory of a TIFF, or of EXIF, and its EXIF directory hold few values."""
    numbers = size = 0
    with suppress(struct.error):
        first = next(_directories(data), [])
        more = [entry for tag, _, _, at in first if tag == EXIF for entry in _read(data, at)[0]]
        for _, kind, count, _ in first + more:
            numbers += count * (kind not in BYTES)
            size += count * SIZES.get(kind, 1)
    return numbers <= MAX_TAG_VALUES and size <= 2 * len(data)  # more than it has is there twice


def _directories(data: bytes) -> Iterator[list[Entry]]:
    """Yield the entries of each page, of at most MAX_COUNTED."""
    order, big = _form(data)
    (at,) = struct.unpack_from(f"{order}{'Q' if big else 'I'}", data, 8 if big else 4)
    seen: set[int] = set()
    while at and at not in seen and len(seen) < MAX_COUNTED:
        seen.add(at)
        entries, at = _read(data, at)
        yield entries


def _form(data: bytes) -> tuple[str, bool]:
    """The order of bytes, and whether it is a BigTIFF."""
    order = "<" if data.startswith(b"II") else ">"
    return order, struct.unpack_from(f"{order}H", data, 2) == (43,)


def _read(data: bytes, at: int) -> tuple[list[Entry], int]:
    """Read one directory; returns its entries and where the next one is, 0 for none."""
    order, big = _form(data)
    start, entry, place = ("Q", "HHQ8s", "Q") if big else ("H", "HHI4s", "I")
    (count,) = _unpack(order + start, data, at)
    at += struct.calcsize(order + start)
    step = struct.calcsize(order + entry)
    entries = []
    for number in range(min(count, MAX_TAG_VALUES)):
        tag, kind, values, field = _unpack(order + entry, data, at + number * step)
        code = {3: "H", 4: "I", 16: "Q"}.get(kind, place)
        entries.append((tag, kind, values, struct.unpack_from(order + code, field)[0]))
    (after,) = _unpack(order + place, data, at + count * step)
    return entries, after


def _unpack(form: str, data: bytes, at: int) -> tuple[Any, ...]:
    """As `struct.unpack_from`, which takes no place that a BigTIFF may name."""
    if at > len(data):
        raise struct.error("beyond the file's end")
    return struct.unpack_from(form, data, at)
