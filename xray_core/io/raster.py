"""From a picture file to grey levels, by Pillow."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageChops
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from xray_core.errors import RadiographError
from xray_core.io.limits import EXPECTED, MAX_SCANS, Metered, check_frames, check_size
from xray_core.io.tiff import check_tiff, is_modest
from xray_core.io.windowing import own_window

Levels = tuple[np.ndarray, list[str]]
Reading = tuple[np.ndarray, list[str], list[str]]

COLOUR_SPREAD = 16
"""Grey levels between two channels of a pixel from which on it counts as coloured."""
COLOUR_SHARE = 0.001
"""Share of coloured pixels from which on the film counts as coloured."""

DEEP = 16  # bits per channel, byte 24 of a PNG
LUMA = (19595, 38470, 7471)  # weights of red, green and blue, as Pillow has them, of 65536
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0  # a TIFF's tag and its value for inverted grey

ORIENTATION, EXIF, EXPOSURE = 0x0112, 0x8769, 0x829A  # tags; scanners name a maker too

COLOURED = "The file is in colour; only its brightness (luma) is used."
PHOTOGRAPH = (
    "The file seems to be a photograph or a screenshot of a film; the models were made for films "
    "as an X-ray machine or a scanner saves them."
)

READERS: tuple[tuple[bytes, type[ImageFile]], ...] = (
    (b"\xff\xd8\xff", JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", PngImageFile),
    (b"II*\x00", TiffImageFile),
    (b"MM\x00*", TiffImageFile),
    (b"BM", BmpImageFile),
)
"""What is read, by its first bytes; WebP is told by two places."""

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


def picture_reader(data: bytes) -> type[ImageFile] | None:
    """Pillow's reader for these bytes; None where they are no picture that is read."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WebPImageFile
    return next((reader for magic, reader in READERS if data.startswith(magic)), None)


def read_picture(
    data: bytes, name: str, reader: type[ImageFile]
) -> tuple[np.ndarray, list[str], list[str], bool]:
    """Read a picture by its `picture_reader`.

    Colour becomes luma, transparency black, 16 bits are windowed to the film's own range, an EXIF
    rotation is applied.

    Returns
    -------
    pixels : uint8, (rows, columns)
    notes, warnings
    plain
        Whether every browser shows the file as these very pixels.
    """
    if reader is JpegImageFile and data.count(b"\xff\xda") > MAX_SCANS:
        raise _damaged(name)
    if reader is TiffImageFile:
        check_tiff(data, name)
    # The reader class is called by name, not through Image.open: that only knows its own limit on
    # pixels, warns instead of failing, and would try formats the dispatch did not choose.
    file = Metered(data, name)
    try:
        image = reader(file)
        # Pillow counts a TIFF's pages by walking them all; `check_tiff` has.
        frames = 1 if reader is TiffImageFile else getattr(image, "n_frames", 1)
    except Exception as error:
        raise file.refusal or _damaged(name) from error
    with image:
        check_size(name, *image.size)
        check_frames(name, frames)
        if image.mode == "F" or (image.mode == "I" and reader is TiffImageFile):
            raise RadiographError(
                f"{EXPECTED} with 8 or 16 bits a pixel, but '{name}' has 32: save it with 16."
            )
        # Pillow's decoders raise whatever they meet in a broken file, of many types.
        try:
            exif = _read_exif(image)
            if data.startswith(b"\x89PNG") and data[24] == DEEP:
                pixels, notes = _grey_from_deep_png(image, data)
            elif image.mode.startswith("I;16"):
                pixels, notes = _grey_from_deep_tiff(image)
            else:
                pixels, notes = _grey(image)
        except Exception as error:
            raise file.refusal or _damaged(name) from error
    turn = UPRIGHT.get(exif.get(ORIENTATION, 1))
    if turn is not None:
        if reader is not TiffImageFile:  # there Pillow has turned it already
            pixels = turn(pixels)
        notes.append("Turned as the camera's or scanner's EXIF orientation says.")
    photographed = COLOURED in notes or EXPOSURE in exif
    grey = reader is JpegImageFile and image.mode == "L" and "icc_profile" not in image.info
    return pixels, notes, [PHOTOGRAPH] if photographed else [], grey and not notes


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
            return *_shown(source), []
        source = Image.fromarray(source)
    check_size(name, *source.size)
    if source.mode.startswith("I;16"):
        pixels, notes = _shown(np.asarray(source).astype(np.uint16))
    elif source.mode in ("F", "I"):
        raise RadiographError(
            f"{EXPECTED} with 8 or 16 bits a pixel, but '{name}' has 32: convert it to 16."
        )
    else:
        pixels, notes = _grey(source)
    return pixels, notes, [PHOTOGRAPH] if COLOURED in notes else []


def _damaged(name: str) -> RadiographError:
    return RadiographError(
        f"{EXPECTED}, but '{name}' is damaged or cut off: fetch or export the file again."
    )


def _read_exif(image: Image.Image) -> dict[int, Any]:
    try:
        if not is_modest(_exif_block(image)):
            return {}
        exif = image.getexif()
        return dict(exif) | dict(exif.get_ifd(EXIF))
    except Exception:  # a broken EXIF block spoils the rotation, not the film
        return {}


def _exif_block(image: Image.Image) -> bytes:
    """The EXIF of a picture that is no TIFF itself, as Pillow will read it."""
    if isinstance(image, PngImageFile):
        image.load()  # it may stand after the pixels
    if profile := image.info.get("Raw profile type exif"):
        return bytes.fromhex("".join(profile.split("\n")[3:])).removeprefix(b"Exif\0\0")
    return image.info.get("exif", b"").removeprefix(b"Exif\0\0")


def _grey(image: Image.Image) -> Levels:
    """8-bit picture to grey levels."""
    if image.mode in ("1", "L"):
        if "transparency" not in image.info:
            return np.asarray(image.convert("L")), []
        image = image.convert("LA")
    if image.mode == "LA":
        return _over_black(*image.split())
    if image.mode == "RGBA" or "transparency" in image.info:
        image = image.convert("RGBA")
        colours = image.convert("RGB")
        pixels, notes = _over_black(colours.convert("L"), image.getchannel("A"))
        return pixels, _colour_notes(colours) + notes
    image = image.convert("RGB")
    return np.asarray(image.convert("L")), _colour_notes(image)


def _colour_notes(image: Image.Image) -> list[str]:
    """Say of a picture of mode RGB whether it is coloured."""
    # A sixteenth of the pixels tells it, too, and spares 12 ms of the 30 (40%) that a colour film
    # of 2.5 million pixels takes.
    size = image.width // 4, image.height // 4
    bands = [np.asarray(band) for band in image.resize(size, Image.Resampling.NEAREST).split()]
    spread = np.max(bands, axis=0) - np.min(bands, axis=0)
    return [COLOURED] if np.mean(spread > COLOUR_SPREAD) > COLOUR_SHARE else []


def _over_black(grey: Image.Image, alpha: Image.Image) -> Levels:
    """Multiply by the opacity; both are of mode L."""
    if alpha.getextrema()[0] == 255:
        return np.asarray(grey), []
    return np.asarray(ImageChops.multiply(grey, alpha)), ["Transparent parts are shown black."]


def _grey_from_deep_png(image: Image.Image, data: bytes) -> Levels:
    """16-bit PNG to grey levels by windowing.

    A 12-bit film stored in 16 bits would come out black without. Pillow reads all 16 bits of grey,
    but only the high byte of the other kinds, which OpenCV reads whole.
    """
    if image.mode.startswith("I"):
        return _shown(np.asarray(image).astype(np.uint16))
    _check_chunks(data)
    deep = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if deep is None:
        raise ValueError("the PNG is damaged")
    blue, green, red, *alpha = cv2.split(deep)  # grey comes as three that are equal
    del deep
    total = np.full(red.shape, 32768, np.uint32)
    for weight, channel in zip(LUMA, (red, green, blue), strict=True):  # one copy at a time
        total += np.multiply(channel, weight, dtype=np.uint32)
    grey = (total >> 16).astype(np.uint16)
    notes = _colour_notes(image.convert("RGB"))
    if alpha and alpha[0].min() < 65535:
        grey = (grey.astype(np.uint32) * alpha[0] // 65535).astype(np.uint16)
        notes.append("Transparent parts are shown black.")
    pixels, more = _shown(grey)
    return pixels, notes + more


def _check_chunks(data: bytes) -> None:
    """Check that no chunk of a PNG goes beyond its end: OpenCV makes room for what it claims."""
    at, kind = 8, b""
    while kind != b"IEND" and at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        at += 12 + length
    if at > len(data):
        raise ValueError("the PNG is damaged")


def _grey_from_deep_tiff(image: Any) -> Levels:
    deep = np.asarray(image).astype(np.uint16)  # the machine's own byte order
    if image.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        deep = 65535 - deep
    return _shown(deep)


def _shown(deep: np.ndarray) -> Levels:
    """Window 16 bits to the film's own range."""
    levels = np.arange(65536, dtype=np.float32)
    low, high = own_window(deep, levels)
    to_grey = np.clip((levels - low) * (255 / (high - low)), 0, 255).round().astype(np.uint8)
    return to_grey[deep], [f"16-bit film, shown with the window {low:.0f} to {high:.0f}."]
