"""Files that ask for far more memory or time than a film may take, made anew for each test."""

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image

FILM = Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (240, 1)))


def encode(kind, **options):
    file = io.BytesIO()
    FILM.save(file, kind, **options)
    return file.getvalue()


def tiff(entries, after=0, rest=b""):
    """A TIFF of one directory; an entry is a tag, a type, a count and a value."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    return head + packed + struct.pack("<I", after) + rest


def huge_tile():
    """64 × 64 pixels by its header, in one tile of 46,000 × 46,608, well compressed."""
    packed = zlib.compressobj()
    first, more = (
        packed.compress(bytes(2**20)) + packed.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    tile = first + 2043 * more + packed.flush()
    facts = [(256, 3, 1, 64), (257, 3, 1, 64), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1)]
    facts += [(277, 3, 1, 1), (322, 4, 1, 46_000), (323, 4, 1, 46_608)]
    place = 8 + 2 + 12 * (len(facts) + 2) + 4
    return tiff([*facts, (324, 4, 1, place), (325, 4, 1, len(tile))], rest=tile)


def many_directories(count=150_000):
    """Pages that hold nothing, one after the other."""
    first = encode("TIFF")
    start = len(first) + len(first) % 2
    (at,) = struct.unpack_from("<I", first, 4)
    (entries,) = struct.unpack_from("<H", first, at)
    first = bytearray(first.ljust(start, b"\0"))
    struct.pack_into("<I", first, at + 2 + 12 * entries, start)
    pages = (struct.pack("<HI", 0, start + 6 * (number + 1)) for number in range(count - 1))
    return bytes(first) + b"".join(pages) + struct.pack("<HI", 0, 0)


def many_offsets(count=4_000_000):
    """A picture in four million strips."""
    facts = [(256, 3, 1, 64), (257, 3, 1, 64), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    place = 8 + 2 + 12 * (len(facts) + 2) + 4
    return tiff(
        [*facts, (273, 4, count, place), (279, 4, count, place)], rest=struct.pack("<I", 64) * count
    )


def many_comments(count=15_000_000):
    """A JPEG with empty comments before its picture."""
    film = encode("JPEG")
    return film[:2] + b"\xff\xfe\x00\x02" * count + film[2:]


def many_chunks(count=4_000_000):
    """A PNG with empty chunks before its picture."""
    film = encode("PNG")
    empty = struct.pack(">I4sI", 0, b"aaAa", zlib.crc32(b"aaAa"))
    return film[:33] + empty * count + film[33:]


def many_rationals(count=6_000_000):
    """A PNG whose EXIF holds six million fractions."""
    film = encode("PNG")
    block = tiff([(0x8769, 4, 1, 26)])
    block += struct.pack("<HHHIII", 1, 0x829A, 5, count, 44, 0) + bytes(8 * count)
    return film[:33] + _chunk(b"eXIf", block) + film[33:]


def overlapping_rationals():
    """A PNG with little EXIF, whose two thousand entries all name the same fractions."""
    film = encode("PNG")
    entries = [(1000 + tag, 5, 3000, 8) for tag in range(2000)]
    return film[:33] + _chunk(b"eXIf", tiff(entries)) + film[33:]


def _chunk(kind, content):
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def _before_the_picture(film, element):
    """Put an element of a header in explicit little endian before the picture."""
    place = film.index(b"\xe0\x7f\x10\x00")
    return film[:place] + element + film[place:]


def endless_window(film, size=21_000_000):
    """A DICOM film whose window has ten million centres; its length needs the form of UN."""
    value = b"1\\" * (size // 2)
    return _before_the_picture(film, struct.pack("<HH2sHI", 0x28, 0x1050, b"UN", 0, size) + value)


def many_items(film, count=500_000):
    """A DICOM film with half a million empty items in a sequence of undefined length."""
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    start = struct.pack("<HH2sHI", 0x28, 0x3010, b"SQ", 0, 0xFFFFFFFF)
    return _before_the_picture(film, start + item * count + end)


def many_items_of_known_length(film, count=500_000):
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    start = struct.pack("<HH2sHI", 0x28, 0x3010, b"SQ", 0, len(item) * count)
    return _before_the_picture(film, start + item * count)


def many_elements(film, count=1_000_000):
    element = struct.pack("<HH2sH", 0x28, 0x9999, b"LO", 0)
    return _before_the_picture(film, element * count)


def equal_names(count=60_000):
    """A ZIP archive whose members all have one name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", b"")
    content = file.getvalue()
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    directory = content[start:end] * count
    return (
        content[:start]
        + directory
        + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    )


def tiffs_in_an_archive():
    """Four TIFFs of 150,000 pages each."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.tif", many_directories())
    return file.getvalue()
