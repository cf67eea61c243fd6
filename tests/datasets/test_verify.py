"""Every way in which a source can differ from what was published is found."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from xray_core.datasets import verify as verification
from xray_core.datasets.catalogue import pneumoniamnist_archive
from xray_core.datasets.download import sample_path
from xray_core.datasets.kermany import load_manifest, load_sample_table
from xray_core.datasets.verify import verify
from xray_core.errors import DataError


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XRAY_DATA", raising=False)


def put_film(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (40, 40), 90).save(path)
    return path


@pytest.fixture
def val_folder(tmp_path):
    """The names of the published val split, drawn."""
    table = load_manifest()
    for row in table[table["split"] == "val"].itertuples():
        put_film(tmp_path / "films" / "val" / row.label / row.name)
    return tmp_path / "films"


class TestFolder:
    def problems(self, folder):
        return [text for text in verify(folder).problems if "whole split" not in text]

    def test_complete_split_is_well_and_others_are_named(self, val_folder):
        result = verify(val_folder)
        assert result.films == 16
        assert sorted(result.problems) == [
            "test: the whole split is missing (624 films)",
            "train: the whole split is missing (5216 films)",
        ]

    def test_missing_film_is_named(self, val_folder):
        (val_folder / "val" / "NORMAL" / "NORMAL2-IM-1427-0001.jpeg").unlink()
        assert self.problems(val_folder) == ["val/NORMAL/NORMAL2-IM-1427-0001.jpeg: missing"]

    def test_extra_film_is_named(self, val_folder):
        put_film(val_folder / "val" / "NORMAL" / "extra.png")
        assert self.problems(val_folder) == ["val/NORMAL/extra.png: not a published film"]

    def test_film_under_the_wrong_label_is_named_twice(self, val_folder):
        film = val_folder / "val" / "NORMAL" / "NORMAL2-IM-1427-0001.jpeg"
        film.rename(val_folder / "val" / "PNEUMONIA" / film.name)
        assert self.problems(val_folder) == [
            f"val/NORMAL/{film.name}: missing",
            f"val/PNEUMONIA/{film.name}: not a published film",
        ]

    def test_unreadable_film_is_named(self, val_folder):
        film = val_folder / "val" / "NORMAL" / "NORMAL2-IM-1427-0001.jpeg"
        film.write_bytes(film.read_bytes()[:100])
        (problem,) = self.problems(val_folder)
        assert problem.startswith(f"val/NORMAL/{film.name}: expected a radiograph")

    def test_folder_of_other_films_is_only_read(self, tmp_path):
        put_film(tmp_path / "train" / "CNV" / "CNV-1-1.jpeg")
        assert verify(tmp_path).ok

    def test_folder_of_the_environment_is_checked(self, val_folder, monkeypatch):
        monkeypatch.setenv("XRAY_DATA", str(val_folder))
        assert verify("folder").films == 16

    def test_source_that_is_not_set_up_is_an_error(self):
        with pytest.raises(DataError, match="XRAY_DATA"):
            verify("folder")


class TestSamples:
    def test_missing_and_other_films_are_told_apart(self):
        first = load_sample_table()[0]
        put_film(sample_path(first))
        result = verify("samples")
        assert result.films == len(result.problems) == 16
        assert result.problems[0] == f"{first['name']}: not the published film"
        assert result.problems[1].endswith(": missing")

    def test_published_films_are_well(self, monkeypatch):
        row = dict(load_sample_table()[0])
        row["sha256"] = hashlib.sha256(put_film(sample_path(row)).read_bytes()).hexdigest()
        monkeypatch.setattr(verification, "load_sample_table", lambda: [row])
        assert verify("samples").ok


class TestPneumoniaMNIST:
    @pytest.fixture
    def archive(self, monkeypatch):
        path = pneumoniamnist_archive()
        path.parent.mkdir(parents=True)
        arrays = {}
        for split, films in (("train", 3), ("val", 1), ("test", 2)):
            arrays[f"{split}_images"] = np.zeros((films, 40, 40), np.uint8)
            arrays[f"{split}_labels"] = np.zeros((films, 1), np.uint8)
        np.savez_compressed(path, **arrays)
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        monkeypatch.setitem(verification.PNEUMONIAMNIST_MD5, 224, digest)
        monkeypatch.setattr(verification, "PNEUMONIAMNIST_FILMS", {"train": 3, "val": 1, "test": 2})
        return path

    def test_whole_archive_is_well(self, archive):
        result = verify("pneumoniamnist")
        assert (result.films, result.problems) == (6, ())

    def test_changed_byte_is_found(self, archive):
        data = bytearray(archive.read_bytes())
        data[len(data) // 2] ^= 1
        archive.write_bytes(data)
        (problem,) = verify("pneumoniamnist").problems
        assert "checksum" in problem

    def test_other_number_of_films_is_found(self, archive, monkeypatch):
        monkeypatch.setattr(verification, "PNEUMONIAMNIST_FILMS", {"train": 3, "val": 2, "test": 2})
        assert verify("pneumoniamnist").problems == ("val: 1 films, published are 2",)

    def test_missing_archive_is_an_error(self):
        with pytest.raises(DataError, match="data fetch pneumoniamnist"):
            verify("pneumoniamnist")
