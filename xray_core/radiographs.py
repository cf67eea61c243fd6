"""From the bytes of a file to a Radiograph, or to one sentence saying why not."""

import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from xray_core.errors import RadiographError
from xray_core.types import Radiograph

MAX_BYTES = 64 * 2**20
"""Largest file read, in bytes; a full-size film as 16-bit PNG is about 20 MB."""
MAX_PIXELS = 50_000_000
"""Most pixels decoded; the largest digital chest films have about 18 million."""
MIN_SIDE = 32
"""Shortest side in pixels that can still show lungs."""
COLOUR_SPREAD = 16
"""Grey levels between two channels of a pixel from which on it counts as coloured."""
COLOUR_SHARE = 0.001
"""Share of coloured pixels from which on the film counts as coloured."""
WINDOW_TAILS = 0.001
"""Share of a 16-bit film's pixels left below and above the window."""

EXPECTED = "expected a radiograph as JPEG or PNG"

# What people drop by mistake, by its first bytes.
FOREIGN = (
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "a text document"),
)

# EXIF orientation to the NumPy step that turns the film upright.
UPRIGHT = {
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).T,
    8: np.rot90,
}


def load_radiograph(source, name=None):
    """Read one film.

    The format is judged by content, never by the file's name. Colour becomes luma, transparency
    black, 16 bits are windowed to the film's own range, an EXIF rotation is applied.

    Parameters
    ----------
    source : str, Path or bytes
        A file's path or its content.
    name : str, optional
        What the person calls the film; by default the file's name.

    Returns
    -------
    Radiograph

    Raises
    ------
    RadiographError
        The text says what was expected, what arrived and what to do.
    """
    if isinstance(source, bytes):
        data, name = source, name or "radiograph"
    else:
        name = name or Path(source).name
        data = _read_file(source)
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(name, len(data))
    pixels, notes = _decode(data, name)
    digest = hashlib.sha256(data).hexdigest()
    return Radiograph(np.ascontiguousarray(pixels), name, digest, tuple(notes))


def _read_file(path):
    path = Path(path)
    try:
        if path.is_dir():
            raise RadiographError(f"{EXPECTED}, but '{path}' is a folder: name one file inside it.")
        if not path.is_file():
            raise RadiographError(f"{EXPECTED}, but there is no file '{path}': check the path.")
        if (size := path.stat().st_size) > MAX_BYTES:
            raise _too_many_bytes(path.name, size)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RadiographError(
            f"{EXPECTED}, but '{path}' cannot be read ({reason}): "
            "check the path and its permissions."
        ) from error


def _too_many_bytes(name, size):
    return RadiographError(
        f"{EXPECTED} of at most {MAX_BYTES / 2**20:.0f} MB, but '{name}' has "
        f"{size / 2**20:.0f} MB: save the film smaller."
    )


def _decode(data, name):
    """Send the bytes to the reader of their format: (uint8 pixels (rows, columns), notes)."""
    if data.startswith(b"\xff\xd8\xff"):
        return _decode_picture(JpegImageFile, data, name)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _decode_picture(PngImageFile, data, name)
    raise RadiographError(
        f"{EXPECTED}, but '{name}' is {_describe(data)}: "
        "export the film as JPEG or PNG and choose that file."
    )


def _describe(data):
    if not data:
        return "empty"
    if data[128:132] == b"DICM":
        return "a DICOM file, which this version does not read yet"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "a WebP picture"
    if data[4:8] == b"ftyp":
        return "a HEIC picture or a video"
    for magic, what in FOREIGN:
        if data.startswith(magic):
            return what
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html")):
        return "a web page"
    return "neither of the two"


def _decode_picture(reader, data, name):
    # The reader class is called by name, not through Image.open: that only knows its own limit on
    # pixels, warns instead of failing, and would try formats the dispatch did not choose.
    try:
        image = reader(BytesIO(data))
    except Exception as error:
        raise _damaged(name) from error
    with image:
        _check_size(name, *image.size)
        # Pillow's decoders raise whatever they meet in a broken file, of many types.
        try:
            turn = UPRIGHT.get(_orientation(image))
            if _is_deep_png(data):
                pixels, notes = _grey_from_deep_png(image, data)
            else:
                pixels, notes = _grey(image)
        except Exception as error:
            raise _damaged(name) from error
    if turn is not None:
        pixels = turn(pixels)
        notes.append("Turned as the camera's or scanner's EXIF orientation says.")
    return pixels, notes


def _damaged(name):
    return RadiographError(
        f"{EXPECTED}, but '{name}' is damaged or cut off: fetch or export the file again."
    )


def _check_size(name, width, height):
    if min(width, height) < MIN_SIDE:
        raise RadiographError(
            f"{EXPECTED} with at least {MIN_SIDE} pixels on each side, but '{name}' has "
            f"{width} × {height}: choose the film at its full size."
        )
    if width * height > MAX_PIXELS:
        raise RadiographError(
            f"{EXPECTED} of at most {MAX_PIXELS / 1e6:.0f} million pixels, but '{name}' has "
            f"{width} × {height}: save the film smaller."
        )


def _orientation(image):
    try:
        return image.getexif().get(0x0112, 1)
    except Exception:  # a broken EXIF block spoils the rotation, not the film
        return 1


def _grey(image):
    """8-bit picture to grey levels."""
    if image.mode in ("1", "L"):
        if "transparency" not in image.info:
            return np.asarray(image.convert("L")), []
        image = image.convert("LA")
    if image.mode == "LA":
        grey, alpha = (np.asarray(band) for band in image.split())
        return _over_black(grey, alpha, 255)
    if image.mode == "RGBA" or "transparency" in image.info:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"))
        grey, notes = _luma(image.convert("RGB"))
        grey, more = _over_black(grey, alpha, 255)
        return grey, notes + more
    return _luma(image if image.mode == "RGB" else image.convert("RGB"))


def _luma(image):
    # A sixteenth of the pixels is enough to tell colour, and costs a sixteenth.
    sample = image.resize((image.width // 4, image.height // 4), Image.Resampling.NEAREST)
    return np.asarray(image.convert("L")), _colour_notes(np.asarray(sample))


def _colour_notes(sample):
    # Channel by channel: a reduction over a last axis of three is ten times slower.
    first, second, third = np.moveaxis(sample, 2, 0)
    brightest = np.maximum(np.maximum(first, second), third)
    spread = brightest - np.minimum(np.minimum(first, second), third)
    if np.mean(spread > COLOUR_SPREAD) <= COLOUR_SHARE:
        return []
    return ["The file is in colour; only its brightness (luma) is used."]


def _over_black(grey, alpha, opaque):
    if alpha.min() == opaque:
        return grey, []
    blended = np.rint(grey * (alpha / np.float32(opaque))).astype(grey.dtype)
    return blended, ["Transparent parts are shown black."]


def _is_deep_png(data):
    """Whether this is a PNG with 16 bits per channel: byte 24, in the IHDR chunk."""
    return data.startswith(b"\x89PNG") and data[24] == 16


def _grey_from_deep_png(image, data):
    """16-bit PNG to grey levels by windowing.

    Pillow saturates 16-bit grey and drops the low byte of 16-bit colour, and a 12-bit film stored
    in 16 bits would come out black: OpenCV reads all bits, and the film's own range is the window.
    """
    import cv2  # a fifth of a second, and only these files need it

    image.load()  # OpenCV fills up a cut-off file in silence, Pillow refuses it
    deep = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    notes = []
    if deep.ndim == 3:
        notes += _colour_notes(deep[::4, ::4, :3] >> 8)
        grey = cv2.cvtColor(deep[..., :3], cv2.COLOR_BGR2GRAY)
        if deep.shape[2] == 4:
            grey, more = _over_black(grey, deep[..., 3], 65535)
            notes += more
        deep = grey
    low, high = _window(deep)
    levels = np.arange(65536, dtype=np.float32)
    to_grey = np.clip((levels - low) * (255 / (high - low)), 0, 255).round().astype(np.uint8)
    notes.append(f"16-bit film, shown with the window {low} to {high}.")
    return to_grey[deep], notes


def _window(deep):
    """Lowest and highest level shown, without the darkest and brightest WINDOW_TAILS."""
    share = np.cumsum(np.bincount(deep.ravel(), minlength=65536)) / deep.size
    low, high = np.searchsorted(share, (WINDOW_TAILS, 1 - WINDOW_TAILS))
    if low == high:  # nearly uniform: the quality gate's business, but it must not divide by zero
        low, high = 0, 65535
    return int(low), int(high)
