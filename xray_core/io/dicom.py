"""From a DICOM file to the grey levels it wants shown, and warnings from its header.

Only the elements named here are read: names, identifiers and dates of a patient are skipped on the
way in, so they can appear nowhere. Decoders are chosen by how they take damaged files: those of
pylibjpeg return an error where others abort the process or do not return.
"""

import re
import struct
import warnings
from io import BytesIO
from logging import NullHandler, getLogger

import numpy as np
from PIL import Image

from xray_core.errors import RadiographError
from xray_core.io.limits import MAX_SCANS, MAX_TILES, check_frames, check_size
from xray_core.io.windowing import own_window

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
TRAINED_AGES = (1, 5)
"""Years of age of the children whose films the models were trained on."""

# The start of a file without preamble: its meta group, or its first data element. (0008,0000) to
# (0008,0018) come first in an image, with a length that fits, or an explicit representation.
BARE_START = re.compile(
    rb"\x02\x00[\x00-\x17]\x00(UL|OB|UI)|\x08\x00[\x00-\x18]\x00(UL|CS|UI|DA|TM|LO|SH|[^\0]\x00\x00\x00)"
)
DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"

SIDE_VIEWS = {"LL", "RL", "LLD", "RLD", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO", "LATERAL", "LAT"}
FRONTAL_VIEWS = {"PA", "AP"}
OTHER_MODALITIES = {
    "CT": "computed tomography",
    "MR": "magnetic resonance",
    "US": "ultrasound",
    "MG": "mammography",
    "NM": "nuclear medicine",
    "PT": "positron emission tomography",
    "XA": "angiography",
    "OP": "a photograph of the eye",
    "SM": "microscopy",
}
SPANS = {"D": "day", "W": "week", "M": "month", "Y": "year"}

# pydicom quotes header values in what it logs and warns of; neither may reach a console.
for library in ("pydicom", "pylibjpeg", "libjpeg", "openjpeg"):
    getLogger(library).addHandler(NullHandler())
    getLogger(library).propagate = False
warnings.filterwarnings("ignore", module=r"(pydicom|pylibjpeg|libjpeg|openjpeg)\b")


def is_dicom(data):
    """Whether the bytes are a DICOM file, with or without the 128 bytes before its mark."""
    return data[128:132] == b"DICM" or BARE_START.match(data) is not None


def read_dicom(data, name):
    """Read the one picture of a DICOM file.

    Parameters
    ----------
    data : bytes
    name : str

    Returns
    -------
    pixels : uint8, (rows, columns)
        After the Modality LUT or rescale, then the VOI LUT or window, then the photometric
        interpretation, as PS3.4 N.2 orders them; padding is black.
    notes, warnings : list of str

    Raises
    ------
    RadiographError
        The text names the reason and quotes nothing of the header but sizes and the kind of file.
    """
    import pydicom  # a tenth of a second, and only these files need it

    _check_inflation(data, name)
    try:
        dataset = pydicom.dcmread(BytesIO(data), force=True, specific_tags=list(TAGS))
    except Exception:
        raise _damaged(name) from None  # the cause may quote the header
    try:
        _check_picture(dataset, name)
        check_size(name, int(dataset.Columns), int(dataset.Rows))
        _complete_meta(dataset)
        _check_codestream(dataset, name)
        codes = _decode(dataset, name)
        return _show(dataset, codes)
    except RadiographError:
        raise
    except Exception:
        raise _damaged(name) from None


def _refusal(name, what, remedy):
    return RadiographError(f"expected one grey radiograph, but '{name}' is {what}: {remedy}.")


def _damaged(name):
    return _refusal(name, "a damaged or cut-off DICOM file", "fetch or export the file again")


def _check_inflation(data, name):
    # pydicom inflates such a file whole, however large it becomes
    if DEFLATED.encode() in data[: 2**16]:
        raise _refusal(name, "a deflated DICOM file", "save it without Deflate")


def _check_picture(dataset, name):
    if "PixelData" not in dataset or "Rows" not in dataset or "Columns" not in dataset:
        raise _refusal(name, "a DICOM file without a picture", "choose the file of the film itself")
    check_frames(name, int(dataset.get("NumberOfFrames") or 1))
    colour = str(dataset.get("PhotometricInterpretation", "MONOCHROME2"))
    if int(dataset.get("SamplesPerPixel") or 1) != 1 or not colour.startswith("MONOCHROME"):
        raise _refusal(name, "a DICOM file in colour", "choose the original film")
    stored = int(dataset.get("BitsStored") or dataset.BitsAllocated)
    if dataset.BitsAllocated not in (8, 16) or not 1 <= stored <= dataset.BitsAllocated:
        raise _refusal(
            name,
            f"a DICOM file of {dataset.BitsAllocated} bits a pixel",
            "export it with 8 to 16 bits",
        )


def _complete_meta(dataset):
    """Say how the pixels are encoded where the file has no meta group."""
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    if "TransferSyntaxUID" in dataset.file_meta:
        return
    implicit, little = dataset.original_encoding
    explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit


def _check_codestream(dataset, name):
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
    frame = _first_frame(dataset)
    size = codestream_size(frame)
    if size != (int(dataset.Columns), int(dataset.Rows)) or frame.count(b"\xff\xda") > MAX_SCANS:
        raise _damaged(name)


def _is_decodable(syntax):
    from pydicom.pixels import get_decoder

    try:
        return get_decoder(syntax).is_available
    except NotImplementedError:
        return False


def codestream_size(frame):
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
    while frame.startswith(b"\xff\xd8") and place + 10 <= len(frame):
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


def _first_frame(dataset):
    from pydicom.encaps import generate_frames

    return next(generate_frames(dataset.PixelData, number_of_frames=1))


def _decode(dataset, name):
    """Stored codes as they are in the file, uint16 (rows, columns)."""
    from pydicom.pixels import get_decoder

    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax == RLE:
        size = (int(dataset.Rows), int(dataset.Columns))
        array = unpack_rle(_first_frame(dataset), *size, dataset.BitsAllocated // 8)
    else:
        decoder = get_decoder(syntax)
        # one decoder, not one after the other where the first has found damage
        plugin = next(iter(reversed(decoder.available_plugins)), "")
        array, _ = decoder.as_array(
            dataset, raw=True, index=0, correct_unused_bits=False, decoding_plugin=plugin
        )
    if array.shape != (dataset.Rows, dataset.Columns):
        raise _damaged(name)
    stored = int(dataset.get("BitsStored") or dataset.BitsAllocated)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    codes = array.view(np.uint8 if array.dtype.itemsize == 1 else np.uint16)
    if not syntax.is_compressed:  # a decoder has put the bits in their place by itself
        codes = codes >> max(int(dataset.get("HighBit", stored - 1)) - stored + 1, 0)
    return (codes & ((1 << stored) - 1)).astype(np.uint16, copy=False)


def unpack_rle(frame, rows, columns, planes):
    """Unpack one RLE frame (PS3.5 annex G) of one or two byte planes, the high one first.

    A segment is PackBits, which Pillow unpacks into a buffer of known size: pydicom's own decoder
    grows with whatever the segment asks for.

    Returns
    -------
    uint16, (rows, columns)
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


def _show(dataset, codes):
    """Turn codes into grey levels by one table over all possible codes."""
    from pydicom.pixels import apply_modality_lut, apply_voi

    bits = int(dataset.get("BitsStored") or dataset.BitsAllocated)
    levels = np.arange(1 << bits, dtype=np.int32)
    if dataset.get("PixelRepresentation") == 1:
        levels[levels >= 1 << (bits - 1)] -= 1 << bits
    padding = _padding(dataset, levels)
    values = apply_modality_lut(levels, dataset).astype(np.float64)
    notes = []
    if dataset.get("VOILUTSequence"):
        shown = apply_voi(np.rint(values).astype(np.int32), dataset, index=0).astype(np.float64)
        depth = _first(dataset.VOILUTSequence[0].LUTDescriptor, 2)
        table = shown / ((1 << int(depth)) - 1)
        notes.append("Shown with the file's own VOI LUT.")
    elif _window(dataset):
        center, width = _window(dataset)
        table = apply_window(values, center, width, dataset.get("VOILUTFunction") or "LINEAR")
        notes.append(f"Shown with the file's own window: centre {center:g}, width {width:g}.")
    else:
        low, high = own_window(codes, values, ~padding)
        table = (values - low) / (high - low)
        notes.append(f"The file names no window; shown from {low:g} to {high:g}.")
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        table = 1 - table
    grey = np.clip(np.rint(table * 255), 0, 255).astype(np.uint8)
    grey[padding] = 0
    return grey[codes], notes, _header_warnings(dataset)


def _padding(dataset, levels):
    """Which codes stand for no picture."""
    value = dataset.get("PixelPaddingValue")
    if value is None:
        return np.zeros(levels.shape, bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    low, high = sorted((int(value), int(value if limit is None else limit)))
    return (levels >= low) & (levels <= high)


def _window(dataset):
    """Centre and width of the first window, or None where there is none that can be used."""
    center, width = dataset.get("WindowCenter"), dataset.get("WindowWidth")
    if center is None or width is None:
        return None
    center, width = float(_first(center, 0)), float(_first(width, 0))
    return (center, width) if np.isfinite([center, width]).all() and width > 0 else None


def _first(value, index):
    return value if isinstance(value, (int, float)) else value[index]


def apply_window(values, center, width, function="LINEAR"):
    """Apply a window as PS3.3 C.11.2.1.2 and C.11.2.1.3 define it.

    Parameters
    ----------
    values : float, any shape
    center, width : float
        Width greater than 0; under 'LINEAR' at least 1.
    function : 'LINEAR', 'LINEAR_EXACT' or 'SIGMOID'

    Returns
    -------
    float, in [0, 1]
    """
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -500, 500)))
    if function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1)
    return np.clip((values - (center - 0.5)) / max(width - 1, 1e-6) + 0.5, 0, 1)


def _header_warnings(dataset):
    """What the header says that the model was not made for, in words."""
    found = []
    modality = str(dataset.get("Modality") or "")
    if modality in OTHER_MODALITIES:
        found.append(
            f"The file says that it is {OTHER_MODALITIES[modality]}; the model was trained on "
            "radiographs."
        )
    part = re.sub(r"[^A-Z]", "", str(dataset.get("BodyPartExamined") or "").upper())
    if part and not any(word in part for word in ("CHEST", "THORAX", "LUNG", "RIB")):
        found.append("The file says that it shows another part of the body than the chest.")
    view = re.sub(r"[^A-Z]", "", str(dataset.get("ViewPosition") or "").upper())
    if view in SIDE_VIEWS:
        found.append(
            "The file says that it is a lateral or oblique view; the model was trained on frontal "
            "ones."
        )
    age = describe_age(dataset.get("PatientAge"))
    if age:
        found.append(
            f"The model was trained on children of {TRAINED_AGES[0]}-{TRAINED_AGES[1]} years; "
            f"this film is of {age}."
        )
    return found


def describe_age(age):
    """Say an age outside TRAINED_AGES in words.

    Parameters
    ----------
    age : str or None
        A DICOM Age String such as '063Y'.

    Returns
    -------
    str
        Such as 'a 63-year-old'; '' for an age inside, or none that can be read. Ages over 89 can
        identify a person and are not told exactly.
    """
    match = re.fullmatch(r"\s*(\d{1,3})([DWMY])\s*", str(age or ""))
    if not match:
        return ""
    count, span = int(match[1]), match[2]
    if count == 0 and span == "Y":  # what an unknown age is often filled with
        return ""
    years = count * {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1}[span]
    if TRAINED_AGES[0] <= years < TRAINED_AGES[1] + 1:
        return ""
    if years > 89:
        return "a person of 90 years or more"
    article = "an" if span == "Y" and (count in (8, 11, 18) or 80 <= count < 90) else "a"
    return f"{article} {count}-{SPANS[span]}-old"
