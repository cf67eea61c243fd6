"""The elements of a DICOM header that shape the picture, each read once.

An element that is present but empty, or that nobody can read, is as good as absent; what is absent
has the default that the standard gives it. Files are read as devices write them: numbers with a
decimal comma, tables of other lengths and depths than they declare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pydicom import Dataset

WORDS = 65536  # of a table with so many entries the descriptor says 0


@dataclass(frozen=True, slots=True, eq=False)
class LookupTable:
    """A Modality or VOI LUT.

    Attributes
    ----------
    first
        The value that the first entry is for; smaller ones get it, too.
    entries : uint16, (entries,)
        The last is for larger values, too.
    """

    first: int
    entries: np.ndarray

    def of(self, values: np.ndarray) -> np.ndarray:
        """What the table makes of values, float64 of the same shape."""
        place = np.clip(np.rint(values) - self.first, 0, len(self.entries) - 1)
        return self.entries[place.astype(np.int64)].astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class ImageElements:
    """What the header says of the picture.

    Attributes
    ----------
    rows, columns, frames, samples
        0 where rows or columns are absent.
    colour
        The photometric interpretation.
    allocated, stored, high_bit
        Bits of a pixel, those of them that hold its value, and the highest of these; 0 where it is
        not said how many are allocated.
    signed
        Whether values may be negative.
    padding
        Lowest and highest value that stands for no picture.
    slope, intercept, modality_lut
        From stored to modality values; the table goes first where there is one.
    window
        Centre and width of the first that can be read.
    function
        Of the window.
    voi_lut
        Goes before the window.
    for_processing
        Whether the picture is the detector's own, not one made for a reader.
    relationship
        Of such a picture's values to the X-rays that came through: 'LIN', 'LOG', …
    darker
        Whether larger values are for more X-rays, so that they are shown darker.
    """

    rows: int
    columns: int
    frames: int
    samples: int
    colour: str
    allocated: int
    stored: int
    high_bit: int
    signed: bool
    padding: tuple[int, int] | None
    slope: float
    intercept: float
    modality_lut: LookupTable | None
    window: tuple[float, float] | None
    function: str
    voi_lut: LookupTable | None
    for_processing: bool
    relationship: str
    darker: bool


def read_elements(dataset: Dataset) -> ImageElements:
    """Read the elements of a dataset, see `ImageElements`."""
    allocated = _integer(dataset, "BitsAllocated", 0)
    stored = _integer(dataset, "BitsStored", allocated)
    signed = _integer(dataset, "PixelRepresentation", 0) == 1
    colour = _text(dataset, "PhotometricInterpretation") or "MONOCHROME2"
    for_processing = _text(dataset, "PresentationIntentType") == "FOR PROCESSING"
    sign = _integer(dataset, "PixelIntensityRelationshipSign", 0)
    return ImageElements(
        rows=_integer(dataset, "Rows", 0),
        columns=_integer(dataset, "Columns", 0),
        frames=_integer(dataset, "NumberOfFrames", 1),
        samples=_integer(dataset, "SamplesPerPixel", 1),
        colour=colour,
        allocated=allocated,
        stored=stored,
        high_bit=_integer(dataset, "HighBit", stored - 1),
        signed=signed,
        padding=_padding(dataset),
        slope=_number(_value(dataset, "RescaleSlope")) or 1.0,
        intercept=_number(_value(dataset, "RescaleIntercept")) or 0.0,
        modality_lut=_table(dataset, "ModalityLUTSequence", signed),
        window=_window(dataset),
        function=_text(dataset, "VOILUTFunction") or "LINEAR",
        voi_lut=_table(dataset, "VOILUTSequence", signed),
        for_processing=for_processing,
        relationship=_text(dataset, "PixelIntensityRelationship"),
        darker=sign > 0 if for_processing and sign else colour == "MONOCHROME1",
    )


def _value(dataset: Dataset, keyword: str) -> Any:
    """An element's value; None where it is absent, empty or cannot be read."""
    try:
        value = dataset.get(keyword)
    except Exception:  # pydicom raises what it meets in a garbled value, of many types
        return None
    return None if value is None or (hasattr(value, "__len__") and not len(value)) else value


def _text(dataset: Dataset, keyword: str) -> str:
    value = _value(dataset, keyword)
    return "" if value is None else str(value).strip().upper()


def _number(value: Any) -> float | None:
    """The first number of a value, which may have a decimal comma.

    None where there is none, or '4,096' could be thousands as well.
    """
    text = str(value if isinstance(value, str) or not hasattr(value, "__len__") else value[0])
    text = text.strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", text):
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _integer(dataset: Dataset, keyword: str, default: int) -> int:
    number = _number(_value(dataset, keyword))
    return default if number is None else int(number)


def _padding(dataset: Dataset) -> tuple[int, int] | None:
    value = _number(_value(dataset, "PixelPaddingValue"))
    if value is None:
        return None
    limit = _number(_value(dataset, "PixelPaddingRangeLimit"))
    low, high = sorted((int(value), int(value if limit is None else limit)))
    return low, high


def _window(dataset: Dataset) -> tuple[float, float] | None:
    """Centre and width of the first window that can be read."""
    centers, widths = (_values(dataset, keyword) for keyword in ("WindowCenter", "WindowWidth"))
    for center, width in zip(map(_number, centers), map(_number, widths), strict=False):
        if center is not None and width is not None and width > 0:
            return center, width
    return None


def _values(dataset: Dataset, keyword: str) -> list[Any]:
    value = _value(dataset, keyword)
    if value is None:
        return []
    return [value] if isinstance(value, str) or not hasattr(value, "__len__") else list(value)


def _table(dataset: Dataset, keyword: str, signed: bool) -> LookupTable | None:
    """The first table of a sequence; None where it has none that can be read."""
    items = _value(dataset, keyword)
    descriptor = _values(items[0], "LUTDescriptor") if items else []
    data = _value(items[0], "LUTData") if items else None
    numbers = [_number(value) for value in descriptor]
    if len(numbers) != 3 or None in numbers or data is None:
        return None
    count, first, depth = (int(number or 0) for number in numbers)
    little = getattr(dataset, "original_encoding", (False, True))[1] is not False
    entries = _entries(data, count % WORDS or WORDS, depth, little)
    if not entries.any():
        return None
    return LookupTable(first - WORDS if signed and first >= WORDS // 2 else first, entries)


def _entries(data: Any, count: int, depth: int, little: bool) -> np.ndarray:
    """The entries of a table, uint16; devices write those of 8 bits as words or packed as bytes."""
    if not isinstance(data, bytes):  # words that pydicom has read already
        words = np.asarray(data, np.int64).ravel() % WORDS
        data, little = words.astype("<u2").tobytes(), True
    packed = len(data) < 2 * count and (depth <= 8 or len(data) - count in (0, 1))
    if packed:
        pairs = np.frombuffer(data[: len(data) // 2 * 2], np.uint8).reshape(-1, 2)
        in_order = pairs if little else pairs[:, ::-1]
        return in_order.ravel()[:count].astype(np.uint16)
    words = np.frombuffer(data[: len(data) // 2 * 2], "<u2" if little else ">u2")
    return words[:count].astype(np.uint16)
