"""One catalogue, whatever source the films come from."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.io.test_dicom import write_dicom
from xray_core.datasets import catalogue as dataset
from xray_core.datasets.catalogue import (
    SOURCES,
    data_home,
    kaggle_pointer,
    open_catalogue,
    open_folder,
    require_catalogue,
    samples_home,
)
from xray_core.datasets.kermany import load_sample_table
from xray_core.errors import DataError, RadiographError


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XRAY_DATA", raising=False)


def put_film(path, level=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    film = np.full((40, 50), level, np.uint8)
    film[:, 25:] = 200
    Image.fromarray(film).save(path)
    return path


def put_tree(root):
    put_film(root / "train" / "NORMAL" / "IM-0115-0001.jpeg")
    put_film(root / "train" / "PNEUMONIA" / "person1_bacteria_1.jpeg")
    put_film(root / "train" / "PNEUMONIA" / "person1_virus_6.JPG")
    put_film(root / "test" / "PNEUMONIA" / "person1_virus_7.png")
    return root


def names(samples):
    return [sample.name for sample in samples]


class TestOpenFolder:
    def test_folder_gives_what_paths_and_names_say(self, tmp_path):
        catalogue = open_folder(put_tree(tmp_path / "films"))
        assert (catalogue.source, catalogue.title, catalogue.note) == ("folder", "films", "")
        assert [(s.split, s.label, s.subtype, s.patient) for s in catalogue.samples] == [
            ("train", "NORMAL", "normal", "normal-115"),
            ("train", "PNEUMONIA", "bacteria", "bacteria-1"),
            ("train", "PNEUMONIA", "virus", "virus-1"),
            ("test", "PNEUMONIA", "virus", "virus-1"),
        ]

    @pytest.mark.parametrize("inner", ["chest_xray", "chest_xray/chest_xray"])
    def test_inner_folders_are_looked_through(self, tmp_path, inner):
        put_tree(tmp_path / inner)
        assert len(open_folder(tmp_path).samples) == 4

    def test_doubled_inner_folder_is_not_counted_twice(self, tmp_path):
        put_tree(tmp_path / "chest_xray")
        put_tree(tmp_path / "chest_xray" / "chest_xray")
        assert len(open_folder(tmp_path).samples) == 4

    def test_hidden_and_foreign_files_are_ignored(self, tmp_path):
        put_tree(tmp_path)
        put_tree(tmp_path / "__MACOSX")
        put_film(tmp_path / "train" / "NORMAL" / "._IM-0115-0001.jpeg")
        put_film(tmp_path / "train" / "__MACOSX" / "IM-0116-0001.jpeg")
        put_film(tmp_path / "train" / ".hidden" / "IM-0117-0001.jpeg")
        (tmp_path / "train" / ".DS_Store").write_bytes(b"junk")
        (tmp_path / "train" / "NORMAL" / ".DS_Store").write_bytes(b"junk")
        (tmp_path / "train" / "NORMAL" / "notes.txt").write_text("x")
        assert len(open_folder(tmp_path).samples) == 4

    def test_other_classes_keep_their_names(self, tmp_path):
        put_film(tmp_path / "train" / "CNV" / "CNV-1016042-1.jpeg")
        put_film(tmp_path / "train" / "DRUSEN" / "a.jpeg")
        found = [(s.label, s.subtype, s.patient) for s in open_folder(tmp_path).samples]
        assert found == [("CNV", "", "cnv-study-1016042"), ("DRUSEN", "", "")]

    def test_folder_outweighs_a_contradicting_name(self, tmp_path):
        put_film(tmp_path / "train" / "NORMAL" / "person1_virus_6.jpeg")
        put_film(tmp_path / "train" / "PNEUMONIA" / "IM-0115-0001.jpeg")
        assert [s.subtype for s in open_folder(tmp_path).samples] == ["normal", ""]

    def test_every_format_of_the_reader_is_listed(self, tmp_path):
        folder = tmp_path / "test" / "NORMAL"
        for suffix in ("bmp", "tif", "tiff", "webp", "png", "jpeg"):
            put_film(folder / f"film.{suffix}")
        (folder / "film.dcm").write_bytes(write_dicom())
        (folder / "notes.txt").write_text("no film")
        samples = open_folder(tmp_path).samples
        assert len(samples) == 7
        assert {sample.open().pixels.ndim for sample in samples} == {2}

    def test_missing_folder_is_an_error(self, tmp_path):
        with pytest.raises(DataError, match="nowhere does not exist: check its path"):
            open_folder(tmp_path / "nowhere")

    def test_file_is_an_error(self, tmp_path):
        with pytest.raises(DataError, match="is a file"):
            open_folder(put_film(tmp_path / "film.png"))

    def test_folder_without_splits_is_an_error(self, tmp_path):
        put_film(tmp_path / "NORMAL" / "IM-0115-0001.jpeg")
        with pytest.raises(DataError, match="has no folder train, val or test"):
            open_folder(tmp_path)

    def test_folder_without_films_is_an_error(self, tmp_path):
        put_film(tmp_path / "train" / "loose.jpeg")
        with pytest.raises(DataError, match="holds no such film"):
            open_folder(tmp_path)


def path_of(sample):
    return Path(sample.content.path)


class TestSample:
    def test_sample_reads_its_file(self, tmp_path):
        sample = open_folder(put_tree(tmp_path)).samples[0]
        assert sample.read() == path_of(sample).read_bytes()
        film = sample.open()
        assert (film.height, film.width, film.name) == (40, 50, sample.name)

    def test_vanished_file_is_a_radiograph_error(self, tmp_path):
        sample = open_folder(put_tree(tmp_path)).samples[0]
        path_of(sample).unlink()
        with pytest.raises(RadiographError, match=r"there is no file .*IM-0115-0001\.jpeg"):
            sample.open()

    def test_broken_file_is_a_radiograph_error_with_its_name(self, tmp_path):
        sample = open_folder(put_tree(tmp_path)).samples[0]
        path_of(sample).write_bytes(b"")
        with pytest.raises(RadiographError, match=r"IM-0115-0001\.jpeg"):
            sample.open()

    def test_sample_travels_between_processes(self, tmp_path):
        sample = open_folder(put_tree(tmp_path)).samples[0]
        assert pickle.loads(pickle.dumps(sample)) == sample


class TestCatalogue:
    def test_select_combines_its_conditions(self, tmp_path):
        catalogue = open_folder(put_tree(tmp_path))
        assert catalogue.select() == catalogue.samples
        assert names(catalogue.select(split="test")) == ["person1_virus_7.png"]
        assert names(catalogue.select(label="NORMAL")) == ["IM-0115-0001.jpeg"]
        assert names(catalogue.select(split="train", subtype="virus")) == ["person1_virus_6.JPG"]
        assert catalogue.select(split="val") == ()

    def test_table_has_a_row_per_sample(self, tmp_path):
        table = open_folder(put_tree(tmp_path)).table()
        assert list(table) == ["source", "split", "label", "subtype", "patient", "name"]
        assert table.iloc[3].tolist() == [
            "folder", "test", "PNEUMONIA", "virus", "virus-1", "person1_virus_7.png",
        ]  # fmt: skip

    def test_table_of_nothing_has_the_same_columns(self):
        table = open_catalogue("samples").table()
        assert (len(table), list(table)) == (0, list(dataset.COLUMNS))


class TestOpenCatalogue:
    @pytest.mark.parametrize("source", SOURCES)
    def test_source_that_is_not_set_up_says_how(self, source):
        catalogue = open_catalogue(source)
        assert catalogue.source == source
        assert catalogue.samples == ()
        assert "XRAY_DATA" in catalogue.note or "python -m xray_core data" in catalogue.note
        with pytest.raises(DataError) as error:
            require_catalogue(source)
        assert str(error.value) == catalogue.note

    def test_unknown_source_is_an_error(self):
        with pytest.raises(DataError, match="samples, folder, pneumoniamnist, kaggle, got 'web'"):
            open_catalogue("web")

    def test_folder_is_named_by_the_environment(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XRAY_DATA", str(put_tree(tmp_path / "films")))
        catalogue = open_catalogue("folder")
        assert len(catalogue.samples) == 4
        assert str(tmp_path) in catalogue.title

    def test_wrong_folder_becomes_a_note(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XRAY_DATA", str(tmp_path / "nowhere"))
        assert "does not exist" in open_catalogue("folder").note

    def test_samples_are_listed_and_counted(self):
        for row in load_sample_table():
            put_film(samples_home() / "val" / row["label"] / row["name"])
        catalogue = open_catalogue()
        assert (catalogue.source, catalogue.note, len(catalogue.samples)) == ("samples", "", 16)
        path_of(catalogue.samples[0]).unlink()
        assert open_catalogue().note.startswith("Only 15 of the 16 sample films")

    def test_kaggle_folder_is_remembered(self, tmp_path):
        put_tree(tmp_path / "cache" / "chest_xray")
        data_home().mkdir()
        kaggle_pointer().write_text(str(tmp_path / "cache"), encoding="utf-8")
        assert {s.source for s in open_catalogue("kaggle").samples} == {"kaggle"}

    def test_require_catalogue_takes_a_folder(self, tmp_path):
        assert len(require_catalogue(put_tree(tmp_path)).samples) == 4

    def test_data_home_defaults_to_the_projects_own(self, monkeypatch):
        monkeypatch.delenv("XRAY_HOME")
        assert data_home().name == "data"
        assert (data_home().parent / "xray_core").is_dir()
