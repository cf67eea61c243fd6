import shutil
import subprocess
from io import BytesIO

import numpy as np
import pydicom
import pytest

from tests.fakes import make_analysis
from tests.io.test_dicom import MARKER, write_dicom
from xray_core.errors import RadiographError, UsageError
from xray_core.io.radiograph import load_radiograph
from xray_core.reporting.film_dicom import LONGEST_SIDE, NOTICE, secondary_capture
from xray_core.saliency.annotation import annotate
from xray_core.saliency.regions import find_evidence

VALIDATOR = shutil.which("dciodvfy")
EMPTY = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"),
)


@pytest.fixture
def source():
    """A film whose header names a patient and an age."""
    return load_radiograph(write_dicom(PatientAge="011Y"), f"{MARKER}.dcm")


def read(data):
    return pydicom.dcmread(BytesIO(data))


def test_secondary_capture_shows_the_overlay_above_a_notice():
    analysis = make_analysis()
    dataset = read(secondary_capture(analysis))
    overlay = annotate(analysis, find_evidence(analysis).regions)
    assert (dataset.pixel_array[: overlay.shape[0]] == overlay).all()
    strip = dataset.pixel_array[overlay.shape[0] :]
    assert 0.01 < (strip > 128).mean() < 0.5
    assert not strip[:, -10:].any()


def test_secondary_capture_is_what_the_standard_calls_one():
    dataset = read(secondary_capture(make_analysis()))
    assert dataset.SOPClassUID == pydicom.uid.SecondaryCaptureImageStorage
    assert dataset.SOPClassUID == dataset.file_meta.MediaStorageSOPClassUID
    assert dataset.SOPInstanceUID == dataset.file_meta.MediaStorageSOPInstanceUID
    assert list(dataset.ImageType) == ["DERIVED", "SECONDARY"]
    assert (dataset.Modality, dataset.ConversionType) == ("OT", "WSD")
    assert dataset.BurnedInAnnotation == "YES"
    assert "Class map (Grad-CAM)" in dataset.DerivationDescription
    assert NOTICE in dataset.DerivationDescription


def test_secondary_capture_carries_nothing_of_the_source(source):
    analysis = make_analysis(source, reasons=source.warnings)
    data = secondary_capture(analysis)
    dataset = read(data)
    for word in (MARKER, "20010203", "011Y", "11-year", source.digest):
        assert word not in str(dataset)
    assert MARKER.encode() not in data
    assert [dataset.get(name) for name in EMPTY] == [""] * len(EMPTY)
    assert not [
        element for element in dataset if element.VR in ("DA", "TM", "DT") and element.value
    ]


def test_secondary_capture_has_new_identifiers_each_time():
    names = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    first, second = (read(secondary_capture(make_analysis())) for _ in range(2))
    assert len({dataset[name].value for dataset in (first, second) for name in names}) == 6


def test_secondary_capture_cannot_be_judged_as_a_film():
    with pytest.raises(RadiographError, match="DICOM file in colour"):
        load_radiograph(secondary_capture(make_analysis()), "capture.dcm")


@pytest.mark.parametrize(("rows", "columns"), [(41, 33), (3001, 999)])
def test_secondary_capture_of_any_size(rows, columns):
    from xray_core.types import Radiograph

    film = Radiograph(np.full((rows, columns), 70, np.uint8), "film", "0" * 64)
    dataset = read(secondary_capture(make_analysis(film)))
    assert dataset.pixel_array.shape == (dataset.Rows, dataset.Columns, 3)
    assert max(dataset.Rows, dataset.Columns) <= 1.05 * LONGEST_SIDE
    assert len(dataset.PixelData) % 2 == 0


@pytest.mark.skipif(VALIDATOR is None, reason="needs dciodvfy: Debian's package dicom3tools")
def test_secondary_capture_breaks_no_rule_of_the_standard(tmp_path):
    file = tmp_path / "capture.dcm"
    file.write_bytes(secondary_capture(make_analysis()))
    done = subprocess.run([VALIDATOR, str(file)], capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert "SCImage" in said
    assert "Error" not in said


def test_secondary_capture_refuses_where_there_is_no_answer():
    with pytest.raises(UsageError, match="it was refused"):
        secondary_capture(make_analysis(decision="refused"))
