"""The overlay as a DICOM Secondary Capture, for a viewer or an archive of teaching files.

Nothing of the source's header is carried over: the object belongs to no patient and to a study of
its own, so it cannot be filed beside the film by mistake.

References
----------
DICOM PS3.3 A.8.1, Secondary Capture Image IOD; C.8.6.1 and C.8.6.2.
"""

from io import BytesIO

import cv2
import numpy as np

from xray_core.errors import UsageError
from xray_core.reporting.wording import target_of
from xray_core.saliency.annotation import annotate
from xray_core.saliency.regions import find_evidence
from xray_core.saliency.registry import METHODS
from xray_core.types import Analysis

NOTICE = "Not for diagnosis"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
LONGEST_SIDE = 2048


def secondary_capture(analysis: Analysis) -> bytes:
    """Write the overlay of an analysis as a DICOM file.

    Returns
    -------
    bytes
        Part 10, explicit VR little endian, 8-bit RGB, at most LONGEST_SIDE a side; below the
        picture a strip that says what it is. UIDs are new at each call.

    Raises
    ------
    UsageError
        The film was refused, so there is nothing to show.
    """
    if analysis.prediction.refused:
        raise UsageError(
            "Expected a film that the model answers, but it was refused: there is no evidence to "
            "save; choose a frontal chest film."
        )
    regions = find_evidence(analysis).regions
    pixels = _add_notice(annotate(analysis, regions, longest_side=LONGEST_SIDE))
    return _write(pixels, _describe(analysis))


def _describe(analysis: Analysis) -> str:
    explanation = analysis.explanation
    target, method = target_of(explanation.target), METHODS[explanation.method].title
    return f"Evidence for {target} by {method}, model {analysis.prediction.model}. {NOTICE}."


def _add_notice(picture: np.ndarray) -> np.ndarray:
    """Add a strip with the notice below the picture: a viewer shows pixels before it shows tags."""
    width = picture.shape[1]
    font = cv2.FONT_HERSHEY_SIMPLEX
    (length, height), _ = cv2.getTextSize(NOTICE, font, 1, 1)
    scale = min(0.5 * width / length, max(width / 1200, 0.4))
    rows = round(2.2 * height * scale) + 1
    strip = np.zeros((rows, width, 3), np.uint8)
    place = (round(0.5 * height * scale), rows - round(0.6 * height * scale))
    cv2.putText(strip, NOTICE, place, font, scale, (255, 255, 255), round(scale) or 1, cv2.LINE_AA)
    return np.vstack([picture, strip])


def _write(pixels: np.ndarray, description: str) -> bytes:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    elements = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["DERIVED", "SECONDARY"],
        "SOPClassUID": SECONDARY_CAPTURE,
        "SOPInstanceUID": generate_uid(),
        "Modality": "OT",
        "ConversionType": "WSD",
        "StudyInstanceUID": generate_uid(),
        "SeriesInstanceUID": generate_uid(),
        "SeriesNumber": 1,
        "InstanceNumber": 1,
        "SeriesDescription": NOTICE,
        "DerivationDescription": description,
        "BodyPartExamined": "CHEST",
        # the film's own letters are kept as pixels, and nobody has read whether they name someone
        "BurnedInAnnotation": "YES",
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "RGB",
        "PlanarConfiguration": 0,
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "PixelData": pixels.tobytes() + b"\0" * (pixels.size % 2),
    }
    # required of every such object, and rightly empty: there is no patient and no date
    empty = (
        *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "PatientOrientation"),
        *("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"),
        "Manufacturer",
    )
    dataset = Dataset()
    for name, value in (elements | dict.fromkeys(empty, "")).items():
        setattr(dataset, name, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()
