"""What many tests share: the real films, where they are at hand."""

import os
from pathlib import Path

import pytest

from tests import SHARED

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def sample_films():
    """The 16 published validation films at full size."""
    from xray_core.datasets.catalogue import open_catalogue

    catalogue = open_catalogue("samples")
    if not catalogue.samples:
        pytest.skip(catalogue.note)
    return catalogue.samples


@pytest.fixture(scope="session")
def official_films():
    """The folder of official films in the Kaggle layout: XRAY_DATA, or the project's own copy."""
    folder = Path(os.environ.get("XRAY_DATA") or SHARED / "chest_xray")
    if not folder.is_dir():
        pytest.skip("needs the official films: set XRAY_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def classifier():
    from xray_core import load_classifier

    return load_classifier()
