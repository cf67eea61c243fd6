"""From a picture file, or levels in memory, to grey levels."""

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from xray_core.errors import RadiographError
from xray_core.io.codestream import Codestream, decode_codestream, read_codestream
from xray_core.io.grey import (
    COLOURED,
    DRAWN_OVER,
    Levels,
    grey_levels,
    pillow_levels,
)
from xray_core.io.jpeg import count_scans
from xray_core.io.limits import EXPECTED, MAX_SCANS, Metered, check_frames, check_size
from xray_core.io.png import MARK, Chunks, apply_gamma, decode_deep, read_chunks
from xray_core.io.reading import Reading
from xray_core.io.tiff import STARTS, read_tiff
from xray_core.io.tiff_directories import check_tiff, is_modest

ORIENTATION, EXIF, EXPOSURE = 0x0112, 0x8769, 0x829A  # tags; scanners name a maker too

PHOTOGRAPH = (
    "The file seems to be a photograph or a screenshot of a film; the models were made for films "
    "as an X-ray machine or a scanner saves them."
)
TURNED = "Turned as the camera's or scanner's EXIF orientation says."

NOT_READ = re.compile("(un|not )supported|not implemented", re.IGNORECASE)
"""What Pillow and tifffile say of a file that may well be whole."""

# EXIF orientation to the NumPy step that turns the film upright.
UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).T,
    8: np.rot90,
}

# What Pillow says of odd files belongs on no console.
warnings.filterwarnings("ignore", module=r"PIL\b")


def picture_kind(data: bytes) -> str:
    """What kind of picture the bytes are; '' where they are none that is read."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    starts = {"JPEG": (b"\xff\xd8\xff",), "PNG": (MARK,), "BMP": (b"BM",), "TIFF": STARTS}
    return next((kind for kind, start in starts.items() if data.startswith(start)), "")


def read_picture(data: bytes, name: str, kind: str) -> Reading:
    """Read a picture of a `picture_kind`.

    Colour becomes luma, transparency black, 16 bits are windowed to the film's own range, an EXIF
    rotation is applied.
    """
    readers = {"JPEG": _read_jpeg, "PNG": _read_png, "TIFF": _read_tiff}
    try:
        if kind in readers:
            return readers[kind](data, name)
        return _read_with_pillow(data, name, BmpImageFile if kind == "BMP" else WebPImageFile)
    except ValueError as error:
        if NOT_READ.search(str(error)):
            raise RadiographError(
                f"{EXPECTED}, but '{name}' is a {kind} file of a kind that is not read: save it as "
                "PNG."
            ) from error
        raise RadiographError(
            f"{EXPECTED}, but '{name}' is a {kind} file that is damaged or cut off: fetch or "
            "export the file again."
        ) from error


def _read_jpeg(data: bytes, name: str) -> Reading:
    stream = read_codestream(data)
    if stream is None and count_scans(data) > MAX_SCANS:
        raise ValueError("it has too many scans")
    if stream is not None and not stream.baseline:
        return _read_uncommon_jpeg(data, name, stream)
    return _read_with_pillow(data, name, JpegImageFile)


def _read_uncommon_jpeg(data: bytes, name: str, stream: Codestream) -> Reading:
    """A JPEG of more than eight bits, a lossless one or a JPEG-LS."""
    check_size(name, stream.width, stream.height)
    if stream.bits > 16 or stream.components not in (1, 3):
        raise RadiographError(
            f"{EXPECTED}, but '{name}' is a {stream.kind} file of {stream.components} channels "
            f"of {stream.bits} bits: save it as PNG."
        )
    return _reading(*grey_levels(decode_codestream(data, stream.kind)))


def _read_png(data: bytes, name: str) -> Reading:
    chunks = read_chunks(data)
    check_frames(name, chunks.frames)
    return _read_with_pillow(chunks.picture, name, PngImageFile, chunks)


def _read_tiff(data: bytes, name: str) -> Reading:
    check_tiff(data, name)
    tiff = read_tiff(data, name)
    pixels, notes = grey_levels(tiff.channels, tiff.alpha)
    return _reading(pixels, notes, tiff.orientation, tiff.exposed)


def _read_with_pillow(
    data: bytes, name: str, reader: type[ImageFile], chunks: Chunks | None = None
) -> Reading:
    # The reader class is called by name, not through Image.open: that only knows its own limit on
    # pixels, warns instead of failing, and would try formats the dispatch did not choose.
    file = Metered(data, name)
    try:
        return _read_open(_opened(reader, file), data, name, chunks)
    except ValueError:
        if file.refusal:
            raise file.refusal from None
        raise


def _read_open(image: Any, data: bytes, name: str, chunks: Chunks | None) -> Reading:
    with image:
        check_size(name, *image.size)
        check_frames(name, getattr(image, "n_frames", 1))
        exif = _read_exif(image)
        if chunks and chunks.bits == 16:
            channels, alpha = decode_deep(data)
            pixels, notes = grey_levels(apply_gamma(channels, chunks.exponent), alpha)
        else:
            pixels, notes = _loaded(image)
            if chunks and chunks.exponent != 1:
                pixels = apply_gamma(pixels, chunks.exponent)
        if chunks and chunks.exponent != 1:
            notes.append(f"Its gamma is applied: levels to the power of {chunks.exponent:.2g}.")
        plain = (
            isinstance(image, JpegImageFile)
            and image.mode == "L"
            and "icc_profile" not in image.info
        )
        return _reading(pixels, notes, exif.get(ORIENTATION, 1), EXPOSURE in exif, plain)


def _opened(reader: type[ImageFile], file: Metered) -> Image.Image:
    try:
        return reader(file)
    except Exception as error:  # of many types, where the header is not as it should be
        raise ValueError(str(error)) from error


def _loaded(image: Image.Image) -> Levels:
    try:
        return pillow_levels(image)
    except Exception as error:  # Pillow's decoders raise whatever they meet in a broken file
        raise ValueError(str(error)) from error


def _read_exif(image: Image.Image) -> dict[int, Any]:
    try:
        if isinstance(image, PngImageFile):
            image.load()  # it may stand after the pixels
        if not is_modest(image.info.get("exif", b"").removeprefix(b"Exif\0\0")):
            return {}
        exif = image.getexif()
        return dict(exif) | dict(exif.get_ifd(EXIF))
    except Exception:  # a broken EXIF block spoils the rotation, not the film
        return {}


def _reading(
    pixels: np.ndarray,
    notes: list[str],
    orientation: int = 1,
    exposed: bool = False,
    plain: bool = False,
) -> Reading:
    unfit = [note for note in notes if note == DRAWN_OVER]
    notes = [note for note in notes if note != DRAWN_OVER]
    if turn := UPRIGHT.get(orientation):
        pixels = turn(pixels)
        notes.append(TURNED)
    photographed = COLOURED in notes or exposed
    return Reading(pixels, notes, [PHOTOGRAPH] * photographed, unfit, plain and not notes)


def read_levels(source: np.ndarray | Image.Image, name: str) -> Reading:
    """Read an array or a Pillow image as `read_picture` reads a file."""
    if isinstance(source, np.ndarray):
        shape, kind = source.shape, source.dtype
        grey, colour = len(shape) == 2, len(shape) == 3 and shape[2] == 3 and kind == np.uint8
        if kind not in (np.uint8, np.uint16) or not (grey or colour):
            raise RadiographError(
                "expected grey levels as uint8 or uint16, (rows, columns), or colours as uint8, "
                f"(rows, columns, 3), but '{name}' is {kind} {shape}: convert it first."
            )
        check_size(name, shape[1], shape[0])
        if kind == np.uint16:
            return _reading(*grey_levels(source))
        source = Image.fromarray(source)
    check_size(name, *source.size)
    if source.mode.startswith("I;16"):
        return _reading(*grey_levels(np.asarray(source).astype(np.uint16)))
    if source.mode in ("F", "I"):
        raise RadiographError(
            f"{EXPECTED} with 8 or 16 bits a pixel, but '{name}' has 32: convert it to 16."
        )
    return _reading(*pillow_levels(source))
