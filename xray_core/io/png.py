"""The chunks of a PNG that make its picture, and its deep pixels.

Colour profiles and texts, which can be of any length, say nothing of a film.
"""

import struct
from dataclasses import dataclass

import cv2
import numpy as np

MARK = b"\x89PNG\r\n\x1a\n"
PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf")
PROFILES = (b"sRGB", b"iCCP", b"cICP")  # each of them goes before a gamma
MAX_CHUNKS = 100_000
DISPLAY = 2.2  # of a screen
SAME, STRONGEST = 1.05, 8  # gammas that need no word, and that no file means


@dataclass(frozen=True, slots=True)
class Chunks:
    """What a PNG is made of.

    Attributes
    ----------
    picture
        The file with nothing in it but the picture and its orientation.
    bits
        Of a channel.
    frames
    exponent
        What a grey level, 0 to 1, is raised to where the file names a gamma and no profile; 1 where
        a screen shows the levels as they are.
    """

    picture: bytes
    bits: int
    frames: int
    exponent: float


LENGTHS = {b"IHDR": 13, b"acTL": 8, b"gAMA": 4}  # bytes of what is read below


def read_chunks(data: bytes) -> Chunks:
    """Go through a PNG; ValueError with the reason where it is not whole."""
    kept, at, kind = [MARK], len(MARK), b""
    bits, frames, gamma, profile = 8, 1, 0, False
    for _ in range(MAX_CHUNKS):
        if kind == b"IEND":
            break
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise ValueError("it breaks off before its end")
        if length < LENGTHS.get(kind, 0):
            raise ValueError("a part of its header is too short")
        if kind in PICTURE:
            kept.append(data[at:end])
        if kind == b"IHDR":
            bits = data[at + 16]
        elif kind == b"acTL":
            (frames,) = struct.unpack(">I", data[at + 8 : at + 12])
        elif kind == b"gAMA":
            (gamma,) = struct.unpack(">I", data[at + 8 : at + 12])
        profile = profile or kind in PROFILES
        at = end
    else:
        raise ValueError(f"it is in more than {MAX_CHUNKS:,} pieces")
    exponent = 100_000 / (gamma * DISPLAY) if gamma and not profile else 1.0
    if not 1 / STRONGEST < exponent < STRONGEST or 1 / SAME < exponent < SAME:
        exponent = 1.0
    return Chunks(b"".join(kept), bits, frames, exponent)


def decode_deep(data: bytes) -> tuple[np.ndarray, np.ndarray | None]:
    """Decode a PNG of 16 bits a channel, of which Pillow keeps eight.

    Returns
    -------
    channels : uint16, (rows, columns) or (rows, columns, 3)
    alpha : uint16, (rows, columns), or None

    Raises
    ------
    ValueError
        Where it is damaged.
    """
    import imagecodecs  # a tenth of a second, and few films need it

    try:
        pixels: np.ndarray = imagecodecs.png_decode(data)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    if pixels.ndim == 3 and pixels.shape[2] in (2, 4):
        channels = pixels[..., 0] if pixels.shape[2] == 2 else pixels[..., :3]
        return channels, pixels[..., -1]
    return pixels, None


def apply_gamma(levels: np.ndarray, exponent: float) -> np.ndarray:
    """Raise levels, uint8 or uint16 of any shape, to an exponent as shares of the highest."""
    full = int(np.iinfo(levels.dtype).max)
    table = np.rint(full * (np.arange(full + 1) / full) ** exponent).astype(levels.dtype)
    return cv2.LUT(levels, table)
