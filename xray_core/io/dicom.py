"""From a DICOM file to the grey levels it wants shown, and warnings from its header.

Only the elements named here are read: names, identifiers and dates of a patient are skipped on the
way in, so they can appear nowhere. Decoders are chosen by how they take damaged files: those of
pylibjpeg return an error where others abort the process or do not return.
"""

from __future__ import annotations

import re
import struct
import warnings
from itertools import islice
from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from xray_core.errors import RadiographError
from xray_core.io.dicom_header import describe_header
from xray_core.io.dicom_levels import count_bits, show_codes
from xray_core.io.limits import (
    MAX_FRAGMENTS,
    MAX_SCANS,
    MAX_SEGMENTS,
    MAX_TABLE_BYTES,
    MAX_TILES,
    MAX_VALUE_BYTES,
    Metered,
    check_frames,
    check_size,
    too_many,
)

if TYPE_CHECKING:
    from pydicom import Dataset
    from pydicom.uid import UID

TAGS = (
    "Modality",
    "BodyPartExamined",
    "ViewPosition",
    "PatientAge",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PlanarConfiguration",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "ModalityLUTSequence",
    "RescaleSlope",
    "RescaleIntercept",
    "VOILUTSequence",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "PixelData",
)
"""All that is ever read of a header."""

# The start of a file without preamble: its meta group, or its first data element. (0008,0000) to
# (0008,0018) come first in an image, with a length that fits, or an explicit representation.
BARE_START = re.compile(
    rb"\x02\x00[\x00-\x17]\x00(UL|OB|UI)|\x08\x00[\x00-\x18]\x00(UL|CS|UI|DA|TM|LO|SH|[^\0]\x00\x00\x00)"
)
DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"

# pydicom quotes header values in what it logs and warns of; neither may reach a console.
for library in ("pydicom", "pylibjpeg", "libjpeg", "openjpeg"):
    getLogger(library).addHandler(NullHandler())
    getLogger(library).propagate = False
warnings.filterwarnings("ignore", module=r"(pydicom|pylibjpeg|libjpeg|openjpeg)\b")


def is_dicom(data: bytes) -> bool:
    """Whether the bytes are a DICOM file, with or without the 128 bytes before its mark."""
    return data[128:132] == b"DICM" or BARE_START.match(data) is not None


def read_dicom(data: bytes, name: str) -> tuple[np.ndarray, list[str], list[str]]:
    """Read the one picture of a DICOM file.

    Returns
    -------
    pixels : uint8, (rows, columns), see `show_codes`
    notes, warnings

    Raises
    ------
    RadiographError
        The text names the reason and quotes nothing of the header but sizes and the kind of file.
    """
    import pydicom  # a tenth of a second, and only these files need it

    if DEFLATED.encode() in data[: 2**16]:  # pydicom would inflate it whole, however large
        raise _refusal(name, "a deflated DICOM file", "save it without Deflate")
    file = Metered(data, name)
    try:
        dataset = pydicom.dcmread(file, force=True, specific_tags=list(TAGS))
    except Exception:
        raise file.refusal or _damaged(name) from None  # the cause may quote the header
    try:
        _check_values(dataset, name)
        _check_picture(dataset, name)
        check_size(name, int(dataset.Columns), int(dataset.Rows))
        _complete_meta(dataset)
        _check_codestream(dataset, name)
        pixels, note = show_codes(dataset, _decode(dataset, name))
        return pixels, [note], describe_header(dataset)
    except RadiographError:
        raise
    except Exception:
        raise _damaged(name) from None


def _refusal(name: str, what: str, remedy: str) -> RadiographError:
    return RadiographError(f"expected one grey radiograph, but '{name}' is {what}: {remedy}.")


def _damaged(name: str) -> RadiographError:
    return _refusal(name, "a damaged or cut-off DICOM file", "fetch or export the file again")


def _check_values(dataset: Dataset, name: str) -> None:
    """Check the length of what pydicom has not yet made values of."""
    from pydicom.datadict import keyword_for_tag

    for tag in dataset.keys():  # noqa: SIM118 - of the dataset itself, which would make them
        element = dataset.get_item(tag)
        value = getattr(element, "value", None)
        keyword = keyword_for_tag(tag)
        most = MAX_TABLE_BYTES if keyword.endswith("Sequence") else MAX_VALUE_BYTES
        if keyword != "PixelData" and isinstance(value, bytes) and len(value) > most:
            raise too_many(name, f"{most // 1024} kB in an element of its header")


def _check_picture(dataset: Dataset, name: str) -> None:
    if "PixelData" not in dataset or "Rows" not in dataset or "Columns" not in dataset:
        raise _refusal(name, "a DICOM file without a picture", "choose the file of the film itself")
    check_frames(name, int(dataset.get("NumberOfFrames") or 1))
    colour = str(dataset.get("PhotometricInterpretation", "MONOCHROME2"))
    if int(dataset.get("SamplesPerPixel") or 1) != 1 or not colour.startswith("MONOCHROME"):
        raise _refusal(name, "a DICOM file in colour", "choose the original film")
    bits = dataset.BitsAllocated
    if bits not in (8, 16) or not 1 <= count_bits(dataset) <= bits:
        raise _refusal(name, f"a DICOM file of {bits} bits a pixel", "export it with 8 to 16 bits")


def _complete_meta(dataset: Dataset) -> None:
    """Say how the pixels are encoded where the file has no meta group."""
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    if "TransferSyntaxUID" in dataset.file_meta:
        return
    implicit, little = dataset.original_encoding
    explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit


def _check_codestream(dataset: Dataset, name: str) -> None:
    """Compare the size the codestream claims with the header's, before a decoder believes it."""
    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_compressed:
        return
    if not _is_decodable(syntax):
        raise _refusal(
            name, "a DICOM file of an unsupported compression", "save it uncompressed or as PNG"
        )
    if syntax == RLE:
        return
    frame = _first_frame(dataset, name)
    size = codestream_size(frame)
    if size != (int(dataset.Columns), int(dataset.Rows)) or frame.count(b"\xff\xda") > MAX_SCANS:
        raise _damaged(name)


def _is_decodable(syntax: UID) -> bool:
    from pydicom.pixels import get_decoder

    try:
        return get_decoder(syntax).is_available
    except NotImplementedError:
        return False


def codestream_size(frame: bytes) -> tuple[int, int] | None:
    """Width and height that a JPEG, JPEG-LS or JPEG 2000 codestream of one component claims.

    None where it claims none, another number of components, or more than MAX_TILES.
    """
    if frame.startswith(b"\x00\x00\x00\x0cjP"):
        start = frame.find(b"\xff\x4f\xff\x51")
        frame = frame[start:] if start > 0 else b""
    if frame.startswith(b"\xff\x4f\xff\x51") and len(frame) >= 42:
        right, bottom, left, top, tile_width, tile_height = struct.unpack(">6I", frame[8:32])
        (components,) = struct.unpack(">H", frame[40:42])
        tiles = (right // max(tile_width, 1) + 1) * (bottom // max(tile_height, 1) + 1)
        return (right - left, bottom - top) if components == 1 and tiles <= MAX_TILES else None
    place = 2
    for _ in range(MAX_SEGMENTS):
        if not frame.startswith(b"\xff\xd8") or place + 10 > len(frame):
            return None
        if frame[place] != 0xFF:
            return None
        marker = frame[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            height, width, components = struct.unpack(">2HB", frame[place + 5 : place + 10])
            return (width, height) if components == 1 else None
        else:
            place += 2 + struct.unpack(">H", frame[place + 2 : place + 4])[0]
    return None


def _first_frame(dataset: Dataset, name: str) -> bytes:
    from pydicom.encaps import generate_fragments, generate_frames

    fragments = islice(generate_fragments(dataset.PixelData), MAX_FRAGMENTS + 1)
    if sum(1 for _ in fragments) > MAX_FRAGMENTS:
        raise too_many(name, f"{MAX_FRAGMENTS:,} fragments")
    return next(generate_frames(dataset.PixelData, number_of_frames=1))


def _decode(dataset: Dataset, name: str) -> np.ndarray:
    """Stored codes as they are in the file, uint16 (rows, columns)."""
    from pydicom.pixels import get_decoder

    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax == RLE:
        size = (int(dataset.Rows), int(dataset.Columns))
        array = unpack_rle(_first_frame(dataset, name), *size, dataset.BitsAllocated // 8)
    else:
        decoder = get_decoder(syntax)
        # one decoder, not one after the other where the first has found damage
        plugin = next(iter(reversed(decoder.available_plugins)), "")
        options: Any = {"correct_unused_bits": False, "decoding_plugin": plugin}
        array, _ = decoder.as_array(dataset, raw=True, index=0, **options)
    if array.shape != (dataset.Rows, dataset.Columns):
        raise _damaged(name)
    stored = count_bits(dataset)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    codes: np.ndarray = array.view(f"u{array.itemsize}")
    if not syntax.is_compressed:  # a decoder has put the bits in their place by itself
        codes = codes >> max(int(dataset.get("HighBit", stored - 1)) - stored + 1, 0)
    return (codes & ((1 << stored) - 1)).astype(np.uint16, copy=False)


def unpack_rle(frame: bytes, rows: int, columns: int, planes: int) -> np.ndarray:
    """Unpack one RLE frame (PS3.5 annex G) of one or two byte planes to uint16, (rows, columns).

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
    return array.reshape(rows, columns)
