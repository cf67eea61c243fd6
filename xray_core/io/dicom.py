"""From a DICOM file to the grey levels it wants shown, and warnings from its header.

Only the elements named here are read: names, identifiers and dates of a patient are skipped on the
way in, so they can appear nowhere.
"""

from __future__ import annotations

import re
import warnings
import zlib
from logging import NullHandler, getLogger
from typing import TYPE_CHECKING

from xray_core.errors import RadiographError
from xray_core.io.dicom_elements import ImageElements, read_elements
from xray_core.io.dicom_header import describe_header
from xray_core.io.dicom_levels import show_codes
from xray_core.io.dicom_pixels import EXPLICIT, damaged, read_codes, refusal
from xray_core.io.limits import (
    MAX_BYTES,
    MAX_TABLE_BYTES,
    MAX_VALUE_BYTES,
    Metered,
    check_frames,
    check_size,
    too_many,
)
from xray_core.io.reading import Reading

if TYPE_CHECKING:
    from pydicom import Dataset

TAGS = (
    "PresentationIntentType",
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
    "PixelIntensityRelationship",
    "PixelIntensityRelationshipSign",
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
RAW = (
    "The file is a detector's raw picture (FOR PROCESSING), not the film that is made from it for "
    "readers: export the one FOR PRESENTATION."
)

# pydicom quotes header values in what it logs and warns of; neither may reach a console.
getLogger("pydicom").addHandler(NullHandler())
getLogger("pydicom").propagate = False
warnings.filterwarnings("ignore", module=r"pydicom\b")


def is_dicom(data: bytes) -> bool:
    """Whether the bytes are a DICOM file, with or without the 128 bytes before its mark."""
    return data[128:132] == b"DICM" or BARE_START.match(data) is not None


def read_dicom(data: bytes, name: str) -> Reading:
    """Read the one picture of a DICOM file, see `show_codes`.

    Raises
    ------
    RadiographError
        The text names the reason and quotes nothing of the header but sizes and the kind of file.
    """
    import pydicom  # a tenth of a second, and only these files need it

    file = Metered(data, name)
    try:
        plain = _inflate(file)
        file = Metered(plain, name)
        dataset = pydicom.dcmread(file, force=True, specific_tags=list(TAGS))
        _check_values(dataset, name)
        elements, warned = read_elements(dataset), describe_header(dataset)
        picture = dataset.get("PixelData")
    except RadiographError:
        raise
    except Exception:  # of many types, and the cause may quote the header
        raise file.refusal or damaged(name, "its header breaks off or is garbled") from None
    if not isinstance(picture, bytes) or not picture:
        raise refusal(name, "a DICOM file without a picture", "choose the file of the film itself")
    _check_size(elements, name)
    codes, levels = read_codes(dataset, elements, name)
    pixels, note = show_codes(elements, codes, levels)
    return Reading(pixels, [note], warned, [RAW] * elements.for_processing)


def _check_values(dataset: Dataset, name: str) -> None:
    """Check the length of what pydicom has not yet made values of."""
    from pydicom.datadict import keyword_for_tag

    for tag in dataset.keys():  # noqa: SIM118 - of the dataset itself, which would make them
        value = getattr(dataset.get_item(tag), "value", None)
        keyword = keyword_for_tag(tag)
        most = MAX_TABLE_BYTES if keyword.endswith("Sequence") else MAX_VALUE_BYTES
        if keyword != "PixelData" and isinstance(value, bytes) and len(value) > most:
            raise too_many(name, f"{most // 1024} kB in an element of its header")


def _inflate(file: Metered) -> bytes:
    """A deflated file as a plain one, at most MAX_BYTES of it; any other as it is."""
    from pydicom.filereader import read_dataset

    data = file.getvalue()
    start = 132 if data[128:132] == b"DICM" else 0
    if data[start : start + 2] != b"\x02\x00":
        return data
    file.seek(start)
    meta = read_dataset(file, False, True, stop_when=lambda tag, *_: tag.group != 2)
    if meta.get("TransferSyntaxUID") != DEFLATED:
        return data
    body = file.tell()
    plain = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[body:], MAX_BYTES)
    # the name of the one is as long as that of the other with its padding
    named = EXPLICIT.encode().ljust(len(DEFLATED), b"\0")
    return data[:body].replace(DEFLATED.encode(), named) + plain


def _check_size(elements: ImageElements, name: str) -> None:
    if not elements.rows or not elements.columns:
        raise refusal(name, "a DICOM file without a picture", "choose the file of the film itself")
    check_frames(name, elements.frames)
    check_size(name, elements.columns, elements.rows)
    if elements.samples != 1 or not elements.colour.startswith("MONOCHROME"):
        raise refusal(name, "a DICOM file in colour", "choose the original film")
