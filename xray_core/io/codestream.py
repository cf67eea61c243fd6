"""What a JPEG, JPEG-LS or JPEG 2000 codestream says of itself, and its pixels.

The codestream is what was written last and what the decoder reads: where the file around it says
something else of its bits or its sign, the codestream is right.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from logging import NullHandler, getLogger

import numpy as np

from xray_core.io.jpeg import count_scans
from xray_core.io.limits import MAX_SCANS, MAX_SEGMENTS, MAX_TILES

JPEG_2000 = b"\xff\x4f\xff\x51"
IN_BOXES = b"\x00\x00\x00\x0cjP"  # the same as a file of its own
END = b"\xff\xd9"
LOSSLESS = (0xC3, 0xC7, 0xCB, 0xCF)

# What the decoders say of odd files belongs on no console.
getLogger("imagecodecs").addHandler(NullHandler())
getLogger("imagecodecs").propagate = False


@dataclass(frozen=True, slots=True)
class Codestream:
    """What a codestream claims.

    Attributes
    ----------
    kind
        'JPEG', 'JPEG-LS' or 'JPEG 2000'.
    width, height, components
    bits
        Of a pixel of one component.
    signed
        Whether its pixels may be negative; only JPEG 2000 tells.
    baseline
        Whether it is a JPEG of 8 bits that is not lossless, which everything reads.
    """

    kind: str
    width: int
    height: int
    components: int
    bits: int
    signed: bool = False
    baseline: bool = False


def read_codestream(data: bytes) -> Codestream | None:
    """Read what the start of a codestream claims; None where it is none or claims nothing.

    None as well where a JPEG 2000 has more than MAX_TILES, or a JPEG more than MAX_SCANS.
    """
    if data.startswith(IN_BOXES):
        start = data.find(JPEG_2000)
        data = data[start:] if start > 0 else b""
    if data.startswith(JPEG_2000) and len(data) >= 43:
        right, bottom, left, top, tile_width, tile_height = struct.unpack(">6I", data[8:32])
        components, depth = struct.unpack(">HB", data[40:43])
        tiles = (right // max(tile_width, 1) + 1) * (bottom // max(tile_height, 1) + 1)
        if tiles > MAX_TILES:
            return None
        bits, signed = (depth & 0x7F) + 1, depth > 0x7F
        return Codestream("JPEG 2000", right - left, bottom - top, components, bits, signed)
    if not data.startswith(b"\xff\xd8") or count_scans(data) > MAX_SCANS:
        return None
    place = 2
    for _ in range(MAX_SEGMENTS):
        if place + 10 > len(data) or data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            bits, height, width, count = struct.unpack(">B2HB", data[place + 4 : place + 10])
            kind = "JPEG-LS" if marker == 0xF7 else "JPEG"
            baseline = kind == "JPEG" and bits == 8 and marker not in LOSSLESS
            return Codestream(kind, width, height, count, bits, baseline=baseline)
        else:
            place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
    return None


def decode_codestream(data: bytes, kind: str) -> np.ndarray:
    """Decode the pixels, of 8 or 16 bits, signed or not; (rows, columns) of one component.

    Raises
    ------
    ValueError
        Where it is cut off or cannot be decoded.
    """
    import imagecodecs  # a tenth of a second, and few films need it

    decoders = {
        "JPEG": imagecodecs.jpeg8_decode,
        "JPEG-LS": imagecodecs.jpegls_decode,
        "JPEG 2000": imagecodecs.jpeg2k_decode,
    }
    # Without its end a JPEG would be filled up with grey, and a JPEG-LS be read on for minutes.
    if kind != "JPEG 2000" and END not in data[-64:]:
        raise ValueError("it breaks off before its end")
    try:
        pixels: np.ndarray = decoders[kind](data)
    except RuntimeError as error:  # what all decoders of this library raise
        raise ValueError(str(error)) from error
    return pixels
