"""From the bytes of a file to a Radiograph, or to one sentence saying why not."""

import hashlib
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from xray_core.apart import Turns
from xray_core.errors import RadiographError
from xray_core.io.decoders import decode_apart
from xray_core.io.dicom import is_dicom, read_dicom
from xray_core.io.jpeg import is_simple
from xray_core.io.limits import EXPECTED, MAX_BYTES, MAX_DECODERS, MAX_WAIT, too_slow
from xray_core.io.raster import picture_kind, read_levels, read_picture
from xray_core.io.reading import Reading
from xray_core.types import Radiograph

# What people drop by mistake, by its first bytes.
FOREIGN = (
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "a text document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"#!", "a program"),
    (b"\x80\x04\x95", "a Python pickle, which is never opened"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x00\x00\x00\x0cjP", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\x00\x00\x00\x0cJXL", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x97JB2", "a JBIG2 picture"),
    (b"8BPS", "a Photoshop document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"NRRD", "an NRRD volume"),
    (b"P5", "a PGM picture"),
)

# The same of what begins with a box 'ftyp', by its brand.
BOXED = (
    (b"avif", "an AVIF picture"),
    (b"avis", "an AVIF picture"),
    (b"heic", "a HEIC picture"),
    (b"heix", "a HEIC picture"),
    (b"hevc", "a HEIC picture"),
    (b"heim", "a HEIC picture"),
    (b"heis", "a HEIC picture"),
    (b"mif1", "a HEIC picture"),
    (b"msf1", "a HEIC picture"),
    (b"crx ", "a camera's raw picture"),
)

# What makes a file active content besides being a film: text anywhere, a start within a preamble.
ACTIVE_TEXT = (b"<script", b"<html", b"<?php", b"<svg")
ACTIVE_STARTS = (b"MZ", b"\x7fELF", b"%PDF", b"#!")


_here = Turns(MAX_DECODERS)


def load_radiograph(
    source: str | Path | bytes | np.ndarray | Image.Image, name: str | None = None
) -> Radiograph:
    """Read one film.

    The format is judged by content, never by the file's name: DICOM by `xray_core.io.dicom`, JPEG,
    PNG, TIFF, BMP and WebP by `xray_core.io.raster`.

    Parameters
    ----------
    source
        A file's path or its content; or the grey levels themselves, as a Pillow image or an array
        of uint8 or uint16, (rows, columns) or (rows, columns, 3), bright where the body is dense.
    name
        What the person calls the film; by default the file's name.

    Raises
    ------
    RadiographError
        The text says what was expected, what arrived and what to do.
    """
    if isinstance(source, (np.ndarray, Image.Image)):
        return _from_levels(source, name or "radiograph")
    if isinstance(source, bytes):
        data, name = source, name or "radiograph"
    else:
        name = name or Path(source).name
        data = read_file(source)
    if len(data) > MAX_BYTES:
        raise too_many_bytes(name, len(data))
    reading = _decode_here(data, name) if is_simple(data) else decode_apart(data, name)
    return _radiograph(reading, name, hashlib.sha256(data).hexdigest(), data)


def _radiograph(reading: Reading, name: str, digest: str, data: bytes | None = None) -> Radiograph:
    return Radiograph(
        np.ascontiguousarray(reading.pixels),
        name,
        digest,
        tuple(reading.notes),
        tuple(reading.warnings),
        data if reading.plain else None,
        tuple(reading.unfit),
    )


def _from_levels(levels: np.ndarray | Image.Image, name: str) -> Radiograph:
    reading = read_levels(levels, name)
    pixels = np.array(reading.pixels, order="C")  # a copy: the caller may go on with theirs
    digest = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()
    return _radiograph(reading._replace(pixels=pixels), name, digest)


def read_file(path: str | Path) -> bytes:
    """Return a file's content, at most MAX_BYTES; RadiographError where it cannot be read."""
    path = Path(path)
    try:
        if path.is_dir():
            raise RadiographError(f"{EXPECTED}, but '{path}' is a folder: name one file inside it.")
        if not path.is_file():
            raise RadiographError(f"{EXPECTED}, but there is no file '{path}': check the path.")
        if (size := path.stat().st_size) > MAX_BYTES:
            raise too_many_bytes(path.name, size)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RadiographError(
            f"{EXPECTED}, but '{path}' cannot be read ({reason}): "
            "check the path and its permissions."
        ) from error


def too_many_bytes(name: str, size: int) -> RadiographError:
    """What is said of a file with more than MAX_BYTES."""
    return RadiographError(
        f"{EXPECTED} of at most {MAX_BYTES / 2**20:.0f} MB, but '{name}' has "
        f"{size / 2**20:.0f} MB: save the film smaller."
    )


def _decode_here(data: bytes, name: str) -> Reading:
    """Read what cannot hang and whose memory is known; another process would cost time."""
    try:
        with _here.take(MAX_WAIT):
            return decode(data, name)
    except TimeoutError:
        raise too_slow(name) from None


def decode(data: bytes, name: str) -> Reading:
    """Send the bytes to the reader of their format."""
    if is_dicom(data):
        _refuse_polyglot(data, name)
        return read_dicom(data, name)
    if kind := picture_kind(data):
        _refuse_polyglot(data, name)
        return read_picture(data, name, kind)
    raise RadiographError(
        f"{EXPECTED}, but '{name}' is {_describe(data)}: "
        "export the film as one of these and choose that file."
    )


def _refuse_polyglot(data: bytes, name: str) -> None:
    """Refuse a film that is an archive, a program or a page at the same time."""
    # Only at the ends: among a film's compressed pixels the few letters of a mark turn up by
    # chance, as they do in two of the published films.
    text = (data[:1024] + data[-1024:]).lower()
    if (
        data.startswith(ACTIVE_STARTS)
        or b"%PDF-" in data[:1024]
        or any(mark in text for mark in ACTIVE_TEXT)
        or zipfile.is_zipfile(BytesIO(data))
    ):
        raise RadiographError(
            f"{EXPECTED}, but '{name}' is a second kind of file at the same time: export the film "
            "again from where it comes from."
        )


def _describe(data: bytes) -> str:
    if not data:
        return "empty"
    if data[4:8] == b"ftyp":
        return next((what for mark, what in BOXED if data[8:12] == mark), "a video")
    for magic, what in FOREIGN:
        if data.startswith(magic):
            return what
    text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        return "a web page"
    if text.startswith(b"<") and b"<svg" in text:
        return "an SVG drawing"
    return "none of these"
