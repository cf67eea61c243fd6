"""The first picture of a TIFF: grey or colour, of any depth, in either byte order."""

from io import BytesIO
from logging import NullHandler, getLogger
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from xray_core.errors import RadiographError
from xray_core.io.codestream import read_codestream
from xray_core.io.limits import EXPECTED, MAX_PIXELS, check_frames, check_size

STARTS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")  # the last two are BigTIFF's
COMPRESSIONS = {1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34712, 34925, 50000}
"""What is unpacked: nothing, CCITT, LZW, JPEG, Deflate, PackBits, JPEG 2000, LZMA, Zstandard."""
WITH_SIZE = (7, 34712)  # whose parts claim a size of their own
ORIENTATION, EXIF = 274, 34665  # tags

# What it says of odd files belongs on no console.
getLogger("tifffile").addHandler(NullHandler())
getLogger("tifffile").propagate = False


class Tiff(NamedTuple):
    """What is in a TIFF.

    Attributes
    ----------
    channels : uint8 or uint16, (rows, columns) or (rows, columns, 3)
    alpha : same type, (rows, columns), or None
    orientation
        1 to 8, as EXIF counts them.
    exposed
        Whether a camera has noted its exposure time.
    """

    channels: np.ndarray
    alpha: np.ndarray | None
    orientation: int
    exposed: bool


def read_tiff(data: bytes, name: str) -> Tiff:
    """Read the picture of a TIFF that has one.

    Raises
    ------
    RadiographError
        Where it has several, is too large, or is of a kind that is not read.
    ValueError
        Where it is damaged.
    """
    import tifffile  # with NumPy alone 60 ms, and few films are TIFFs

    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            pages: Any = file.pages
            page = pages[0]
            if len(pages) > 1:  # a small copy of the picture is no second page
                whole = [one for one in pages if not one.is_reduced]
                page = whole[0] if whole else page
                check_frames(name, max(len(whole), 1))
            _check(page, data, name)
            pixels = page.asarray(maxworkers=1)
            return _channels(page, pixels, name)
    except RadiographError:
        raise
    except Exception as error:  # of many types, where the file is not as it should be
        raise ValueError(str(error)) from error


def _check(page: Any, data: bytes, name: str) -> None:
    """Check what a page claims before it is unpacked."""
    check_size(name, page.imagewidth, page.imagelength)
    part = max(page.tilewidth, 1) * max(page.tilelength, 1)
    if part > MAX_PIXELS or page.imagedepth > 1 or page.samplesperpixel > 5:
        raise _refusal(name, "TIFF", "parts that are larger than the film or many channels")
    if page.compression not in COMPRESSIONS:
        kind = getattr(page.compression, "name", str(page.compression))
        raise _refusal(name, f"TIFF with the compression {kind}")
    if page.photometric.name in ("CIELAB", "ICCLAB", "ITULAB", "LOGL", "LOGLUV", "CFA"):
        raise _refusal(name, f"TIFF in colours of the kind {page.photometric.name}")
    for start, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        if start + length > len(data):
            raise ValueError("it breaks off before its end")
        if page.compression in WITH_SIZE:
            stream = read_codestream(data[start : start + length])
            if stream is None or stream.width * stream.height > MAX_PIXELS:
                raise ValueError("a compressed part of it is not in order")


def _refusal(name: str, what: str, why: str = "") -> RadiographError:
    of = f" of {why}" if why else ""
    return RadiographError(
        f"{EXPECTED}, but '{name}' is a {what}{of}, which is not read: save it as PNG."
    )


def _channels(page: Any, pixels: np.ndarray, name: str) -> Tiff:
    if page.axes.startswith("S"):  # planes apart
        pixels = np.moveaxis(pixels, 0, -1)
    kind = page.photometric.name
    pixels = _unsigned(pixels, page.bitspersample)
    colours = {"RGB": 3, "YCBCR": 3, "SEPARATED": 4}.get(kind, 1)
    alpha = None
    if pixels.ndim == 3:
        extras = [extra.name for extra in page.extrasamples]
        if "UNASSALPHA" in extras:  # a premultiplied one lies over black already
            alpha = pixels[..., colours + extras.index("UNASSALPHA")]
        pixels = pixels[..., :colours] if colours > 1 else pixels[..., 0]
    if kind == "PALETTE":
        pixels = (page.colormap[:, pixels] >> 8).astype(np.uint8).transpose(1, 2, 0)
    elif kind == "SEPARATED":
        if pixels.dtype != np.uint8:
            pixels = (pixels >> 8).astype(np.uint8)
        pixels = np.asarray(Image.fromarray(np.ascontiguousarray(pixels), "CMYK").convert("RGB"))
    elif kind == "MINISWHITE":
        pixels = pixels.max(initial=_full(page, pixels)) - pixels
    tags = page.tags
    exif = tags[EXIF].value if EXIF in tags else {}
    orientation = int(tags[ORIENTATION].value) if ORIENTATION in tags else 1
    return Tiff(pixels, alpha, orientation, "ExposureTime" in exif)


def _full(page: Any, pixels: np.ndarray) -> int:
    bits = page.bitspersample if page.bitspersample in (12, 16) else 8
    return min((1 << bits) - 1, int(np.iinfo(pixels.dtype).max))


def _unsigned(pixels: np.ndarray, bits: int) -> np.ndarray:
    """Pixels of any type as uint8 or uint16, in the machine's own byte order."""
    kind, size = pixels.dtype.kind, pixels.dtype.itemsize
    if kind == "b":
        return pixels.astype(np.uint8) * 255
    if kind == "u" and bits < 8:
        return (pixels * (255 // ((1 << bits) - 1))).astype(np.uint8)
    if kind in "ui" and size <= 2:
        shift = 1 << (8 * size - 1) if kind == "i" else 0
        return (pixels.astype(np.int32) + shift).astype(f"u{size}")
    finite = np.isfinite(pixels)
    low, high = (pixels[finite].min(), pixels[finite].max()) if finite.any() else (0, 1)
    scale = 65535 / max(float(high) - float(low), 1e-12)
    scaled = (np.where(finite, pixels, low).astype(np.float64) - float(low)) * scale
    return np.rint(np.clip(scaled, 0, 65535)).astype(np.uint16)
