"""The codes of a DICOM file's picture, plain or compressed, and what each of them means."""

from __future__ import annotations

import re
import struct
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from xray_core.errors import RadiographError
from xray_core.io.codestream import Codestream, decode_codestream, read_codestream
from xray_core.io.dicom_elements import ImageElements
from xray_core.io.dicom_levels import levels_of_codes
from xray_core.io.limits import MAX_FRAGMENTS, too_many

if TYPE_CHECKING:
    from pydicom import Dataset

EXPLICIT = "1.2.840.10008.1.2.1"
PLAIN = ("", "1.2.840.10008.1.2", EXPLICIT, "1.2.840.10008.1.2.2")
"""Transfer syntaxes of pixels as they are; '' where the file does not say."""
RLE = "1.2.840.10008.1.2.5"
DEPTHS = (8, 16)  # bits of a pixel that are read


def refusal(name: str, what: str, remedy: str) -> RadiographError:
    return RadiographError(f"expected one grey radiograph, but '{name}' is {what}: {remedy}.")


def damaged(name: str, how: str) -> RadiographError:
    what = f"a damaged or cut-off DICOM file ({how})"
    return refusal(name, what, "fetch or export the file again")


def read_codes(
    dataset: Dataset, elements: ImageElements, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Codes, uint8 or uint16 (rows, columns), and what each means, int32 (256,) or (65536,)."""
    syntax = str(dataset.file_meta.get("TransferSyntaxUID") or "")
    data = dataset["PixelData"].value
    in_fragments = dataset["PixelData"].is_undefined_length
    if in_fragments:
        data = _first_frame(data, name)
    if codestream := read_codestream(data):
        return _read_compressed(data, codestream, elements, name)
    if syntax == RLE:
        return _read_rle(data, elements, name)
    if syntax in _decoded_syntaxes() or (
        dataset["PixelData"].is_undefined_length and syntax in PLAIN
    ):
        raise damaged(name, "its compressed picture begins like none that is known")
    if syntax not in PLAIN:
        raise refusal(name, _describe_syntax(syntax), "save it uncompressed or as PNG")
    return _read_plain(data, dataset, elements, name)


def _decoded_syntaxes() -> list[str]:
    """Transfer syntaxes of a JPEG, JPEG-LS or JPEG 2000 codestream."""
    from pydicom import uid

    named = uid.JPEGTransferSyntaxes, uid.JPEGLSTransferSyntaxes, uid.JPEG2000TransferSyntaxes
    return [syntax for syntaxes in named for syntax in syntaxes]


def _describe_syntax(syntax: str) -> str:
    from pydicom.uid import UID

    number = syntax if re.fullmatch(r"[0-9.]{1,64}", syntax) else "without a number"
    uid = UID(number)
    if uid.is_valid and uid.name != number:
        return f"a DICOM file of an unsupported compression ({uid.name})"
    return (
        f"a DICOM file of an unsupported compression (the transfer syntax {number}, which is "
        "private to a maker or unknown)"
    )


def _first_frame(data: bytes, name: str) -> bytes:
    from pydicom.encaps import generate_fragments, generate_frames

    try:
        fragments = islice(generate_fragments(data), MAX_FRAGMENTS + 1)
        if sum(1 for _ in fragments) > MAX_FRAGMENTS:
            raise too_many(name, f"{MAX_FRAGMENTS:,} fragments")
        return next(generate_frames(data, number_of_frames=1))
    except (ValueError, StopIteration, struct.error):
        raise damaged(name, "the fragments of its picture are not in order") from None


def _read_plain(
    data: bytes, dataset: Dataset, elements: ImageElements, name: str
) -> tuple[np.ndarray, np.ndarray]:
    size = elements.rows, elements.columns
    pixels = size[0] * size[1]
    bits = elements.allocated or len(data) // pixels * 8
    if elements.stored > bits == 8 and len(data) >= 2 * pixels:
        bits = 16
    if bits not in DEPTHS:
        raise refusal(name, f"a DICOM file of {bits} bits a pixel", "export it with 8 or 16 bits")
    if len(data) * 8 < pixels * bits:
        raise damaged(name, f"{len(data):,} bytes of the {pixels * bits // 8:,} of its picture")
    little = dataset.original_encoding[1] is not False
    if bits == 8 and not little and dataset["PixelData"].VR == "OW":
        codes = np.frombuffer(data[: len(data) // 2 * 2], ">u2").astype("<u2").view(np.uint8)
    else:
        codes = np.frombuffer(data[: pixels * bits // 8], f"{'<' if little else '>'}u{bits // 8}")
    codes = codes[:pixels].astype(f"u{bits // 8}", copy=False).reshape(size)
    return codes, _levels(bits, elements)


def _levels(bits: int, elements: ImageElements) -> np.ndarray:
    stored = elements.stored if 1 <= elements.stored <= bits else bits
    high_bit = elements.high_bit if stored <= elements.high_bit + 1 <= bits else stored - 1
    return levels_of_codes(bits, stored, high_bit, elements.signed)


def _read_compressed(
    data: bytes, codestream: Codestream, elements: ImageElements, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Decode a codestream, which is right where the header says otherwise."""
    if codestream.components != 1:
        raise refusal(name, "a DICOM file in colour", "choose the original film")
    if codestream.bits > max(DEPTHS):
        what = f"a DICOM file of {codestream.bits} bits a pixel"
        raise refusal(name, what, "export it with 8 or 16 bits")
    if (codestream.height, codestream.width) != (elements.rows, elements.columns):
        raise damaged(
            name,
            f"its header says {elements.columns} × {elements.rows}, its {codestream.kind} "
            f"codestream {codestream.width} × {codestream.height}",
        )
    try:
        pixels = decode_codestream(data, codestream.kind)
    except ValueError:
        raise damaged(name, f"its {codestream.kind} codestream cannot be decoded") from None
    codes = pixels.view(f"u{pixels.itemsize}")
    return codes, _levels_of_codestream(codes, codestream, elements)


def _levels_of_codestream(
    codes: np.ndarray, codestream: Codestream, elements: ImageElements
) -> np.ndarray:
    """What each code means."""
    bits, size = codestream.bits, codes.itemsize * 8
    unsigned, signed = (levels_of_codes(size, bits, bits - 1, sign) for sign in (False, True))
    if codestream.kind == "JPEG 2000" and codestream.signed != elements.signed:
        # Some writers put a two's complement into an unsigned codestream, and others forget the
        # header: read the wrong way, the levels jump from one end to the other.
        return min((unsigned, signed), key=lambda levels: _roughness(levels[codes[::4]]))
    if not elements.signed:
        return unsigned
    stored = elements.stored
    if 1 <= stored < bits and codes.max() < 1 << stored:  # written into more bits than it has
        return levels_of_codes(size, stored, stored - 1, True)
    return signed


def _roughness(levels: np.ndarray) -> float:
    return float(np.abs(np.diff(levels)).mean())


def _read_rle(data: bytes, elements: ImageElements, name: str) -> tuple[np.ndarray, np.ndarray]:
    planes = int.from_bytes(data[:4], "little")
    if planes * 8 not in DEPTHS:
        what = f"a DICOM file of {planes} byte planes"
        raise refusal(name, what, "export it in grey with 8 or 16 bits")
    try:
        codes = unpack_rle(data, elements.rows, elements.columns, planes)
    except (ValueError, struct.error):
        raise damaged(name, "its RLE picture cannot be unpacked") from None
    return codes, _levels(planes * 8, elements)


def unpack_rle(frame: bytes, rows: int, columns: int, planes: int) -> np.ndarray:
    """Unpack one RLE frame (PS3.5 annex G) of one or two byte planes to uint8 or uint16.

    The high plane comes first. A segment is PackBits, which Pillow unpacks into a buffer of known
    size: pydicom's own decoder grows with whatever the segment asks for.
    """
    count, *starts = struct.unpack("<16L", frame[:64])
    if count != planes:
        raise ValueError(f"expected {planes} segments, got {count}")
    array = np.zeros(rows * columns, np.uint16)
    for start, end in zip(starts[:planes], [*starts[1:planes], len(frame)], strict=True):
        size = (rows * columns, 1)  # one long row, since some writers let a run cross rows
        plane = Image.frombytes("L", size, frame[start:end], "packbits", "L")
        array = array << 8 | np.asarray(plane, np.uint16)[0]
    return array.astype(f"u{planes}", copy=False).reshape(rows, columns)
