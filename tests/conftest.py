"""What many tests share: the real films, where they are at hand."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests import ROOT, SHARED

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# What `make fast` leaves out besides slow tests, by where it lies.
MARKS = {
    "tests/browser/": "browser",
    "tests/training/": "training",
    # load TensorFlow, start servers or other programs, or measure
    "tests/batch/test_cluster.py": "heavy",
    "tests/commands/test_bench.py": "heavy",
    "tests/datasets/test_download.py": "heavy",
    "tests/datasets/test_packages.py": "heavy",
    "tests/saliency/test_beyond_normal.py": "heavy",
    "tests/saliency/test_gradients.py": "heavy",
    "tests/saliency/test_methods.py": "heavy",
    "tests/saliency/test_oracle.py": "heavy",
    "tests/test_benchmarks.py": "heavy",
    "tests/test_fuzz.py": "heavy",
    "tests/test_load.py": "heavy",
    "tests/test_privacy.py": "heavy",
    "tests/test_serving.py": "heavy",
    "tests/ui/test_server.py": "heavy",
}
# What takes long is begun first: begun last, it keeps one process busy while the other has nothing
# left to do.
LONGEST = ("training", "heavy", "browser")


def marks_of(path):
    place = f"{path.relative_to(ROOT).as_posix()}/"
    return {mark for start, mark in MARKS.items() if place.startswith(start.rstrip("/") + "/")}


def pytest_ignore_collect(collection_path, config):
    """Do not even import what the words after -m leave out: TensorFlow alone takes seconds."""
    words = config.option.markexpr
    return True if any(f"not {mark}" in words for mark in marks_of(collection_path)) else None


def pytest_collection_modifyitems(items):
    for item in items:
        for mark in marks_of(item.path):
            item.add_marker(mark)
    items.sort(key=lambda item: [mark not in marks_of(item.path) for mark in LONGEST])


@pytest.fixture(scope="session", autouse=True)
def marked_places_exist():
    """A file that has moved would join `make fast` unseen."""
    assert [place for place in MARKS if not (ROOT / place).exists()] == []


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


@pytest.fixture(scope="session")
def home_made(tmp_path_factory):
    """The shipped baseline as if a visitor had trained it: in a home of its own, and marked."""
    from xray_core import load_classifier
    from xray_core.inference.model_card import model_folder

    home = tmp_path_factory.mktemp("trained")
    shutil.copytree(model_folder("baseline"), home / "home-1")
    card = home / "home-1" / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"home_made": True}))
    return load_classifier("home-1", home=home)
