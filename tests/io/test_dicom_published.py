"""Every published DICOM film that a package ships is shown as pydicom's own pipeline shows it."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data.data_manager import DATA_ROOT
from pydicom.pixels import apply_modality_lut, apply_voi_lut

from xray_core.errors import RadiographError
from xray_core.io.radiograph import load_radiograph

pytestmark = pytest.mark.filterwarnings("ignore")

PACKAGES = {"pydicom": "", "data_store": "pydicom-data", "ljdata": "pylibjpeg-data"}
# None of these is a film of one frame, of 8 or 16 bits, in grey, with a picture that is whole.
REFUSALS = (
    "in colour|without a picture|save the one that is meant|bits a pixel|at least 32 pixels|"
    "damaged or cut-off|at most 24 million|unsupported compression|byte planes|none of these"
)


def published():
    folders = [Path(DATA_ROOT) / "test_files"]
    for module in list(PACKAGES)[1:]:
        found = importlib.util.find_spec(module)
        folders += [Path(place) for place in (found.submodule_search_locations if found else [])]
    return sorted(path for folder in folders for path in folder.rglob("*.dcm"))


@pytest.mark.parametrize("module", list(PACKAGES)[1:])
def test_package_of_films_is_at_hand(module):
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"its films are compared where {PACKAGES[module]} is installed")
    assert any(module in str(path) for path in published())


@pytest.mark.parametrize("path", published(), ids=lambda path: path.name)
def test_published_film_is_shown_as_pydicom_shows_it(path):
    try:
        film = load_radiograph(path)
    except RadiographError as error:
        film, sentence = None, str(error)
    if film is None:
        assert re.search(REFUSALS, sentence)
        return
    expected = pipeline(path)
    shown = film.pixels.astype(float)
    inside = (film.pixels > 0) & (film.pixels < 255)
    slope, offset = np.polyfit(expected[inside], shown[inside], 1)
    assert slope > 0
    np.testing.assert_allclose(shown[inside], expected[inside] * slope + offset, atol=3)


def pipeline(path):
    """What pydicom makes of a file, float (rows, columns), bright where it is shown bright."""
    dataset = pydicom.dcmread(path, force=True)
    try:
        stored = dataset.pixel_array
    except Exception as error:
        pytest.skip(f"pydicom does not decode it here ({type(error).__name__})")
    try:
        values = apply_voi_lut(apply_modality_lut(stored, dataset), dataset)
    except (AttributeError, TypeError, ValueError):
        values = stored
    values = values.astype(float)
    return -values if dataset.PhotometricInterpretation == "MONOCHROME1" else values
