"""What can be learned from."""

import shutil

import numpy as np
import pytest

from tests.experiments.conftest import put
from xray_core.datasets.catalogue import pneumoniamnist_archive
from xray_core.errors import DataError
from xray_core.experiments.films import list_offers, offer, require_offer


def test_a_folder_is_offered_with_its_films(drawn_folder):
    found = offer(str(drawn_folder))
    assert found.available
    assert found.films == {
        "train": {"NORMAL": 20, "PNEUMONIA": 40},
        "test": {"NORMAL": 4, "PNEUMONIA": 6},
    }
    assert (found.to_learn, found.patients, found.patients_known) == (60, 30, True)


def test_four_classes_are_offered(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("CNV", "DME", "DRUSEN", "NORMAL"):
        for number in range(8):
            put(tmp_path / "train" / name / f"{number}.png", rng, 0)
    found = offer(str(tmp_path))
    assert found.available
    assert not found.patients_known
    assert found.patients == 32


def test_too_few_films_of_a_class_are_refused(drawn_folder, tmp_path):
    root = shutil.copytree(drawn_folder, tmp_path / "films")
    for film in sorted((root / "train" / "NORMAL").iterdir())[7:]:
        film.unlink()
    found = offer(str(root))
    assert not found.available
    assert "at least 8 films" in found.note
    assert "7 of NORMAL" in found.note
    with pytest.raises(DataError, match="7 of NORMAL"):
        require_offer(str(root))


def test_every_size_of_pneumoniamnist_is_offered_once_it_is_here(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path))
    monkeypatch.delenv("XRAY_DATA", raising=False)
    assert not any(each.available for each in list_offers())
    assert all(each.note for each in list_offers())
    arrays = {}
    for split, films in (("train", 20), ("val", 2), ("test", 4)):
        arrays[f"{split}_images"] = np.full((films, 28, 28), 90, np.uint8)
        arrays[f"{split}_labels"] = (np.arange(films) % 2).astype(np.uint8)[:, None]
    pneumoniamnist_archive(28).parent.mkdir()
    np.savez_compressed(pneumoniamnist_archive(28), **arrays)
    (found,) = [each for each in list_offers() if each.available]
    assert found.source == "pneumoniamnist_28"
    assert found.films["train"] == {"NORMAL": 10, "PNEUMONIA": 10}
    assert not found.patients_known
