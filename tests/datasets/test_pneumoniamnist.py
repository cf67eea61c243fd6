"""The archive without names: labels, made names, and films one at a time."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from xray_core.datasets.catalogue import PNEUMONIAMNIST, open_catalogue, pneumoniamnist_archive
from xray_core.errors import DataError


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "home"))


def put_archive(train=3, size=224, **replaced):
    rng = np.random.default_rng(0)
    arrays = {}
    for split, films in (("train", train), ("val", 1), ("test", 2)):
        arrays[f"{split}_images"] = rng.integers(0, 256, (films, 64, 64), np.uint8)
        arrays[f"{split}_labels"] = (np.arange(films) % 2).astype(np.uint8)[:, None]
    arrays |= replaced
    pneumoniamnist_archive(size).parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(pneumoniamnist_archive(size), **arrays)
    return arrays


class TestArchive:
    def test_archive_gives_labels_and_made_names(self):
        put_archive()
        found = [(s.split, s.label, s.subtype, s.patient, s.name)
                 for s in open_catalogue("pneumoniamnist").samples]  # fmt: skip
        assert found == [
            ("train", "NORMAL", "normal", "", "train_0000.png"),
            ("train", "PNEUMONIA", "", "", "train_0001.png"),
            ("train", "NORMAL", "normal", "", "train_0002.png"),
            ("val", "NORMAL", "normal", "", "val_0000.png"),
            ("test", "NORMAL", "normal", "", "test_0000.png"),
            ("test", "PNEUMONIA", "", "", "test_0001.png"),
        ]

    def test_films_are_those_of_the_archive(self):
        arrays = put_archive()
        for sample in open_catalogue("pneumoniamnist").samples:
            expected = arrays[f"{sample.split}_images"][sample.content.index]
            np.testing.assert_array_equal(sample.open().pixels, expected)
            with Image.open(BytesIO(sample.read())) as image:
                assert image.format == "PNG"

    def test_another_archive_is_noticed(self):
        put_archive()
        open_catalogue("pneumoniamnist").samples[0].read()
        other = np.full((1, 64, 64), 7, np.uint8)
        put_archive(train=1, train_images=other)
        film = open_catalogue("pneumoniamnist").samples[0].open()
        np.testing.assert_array_equal(film.pixels, other[0])

    def test_unpacking_leaves_no_part(self):
        put_archive()
        open_catalogue("pneumoniamnist").samples[0].read()
        folder = pneumoniamnist_archive().with_suffix("")
        assert [path.name for path in folder.iterdir()] == ["train_images.npy"]

    def test_pickled_array_is_never_loaded(self):
        put_archive(train_labels=np.array([{"a": 1}], dtype=object))
        with pytest.raises(DataError, match=r"delete it and run .* fetch pneumoniamnist"):
            open_catalogue("pneumoniamnist")

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"<html></html>"])
    def test_another_file_is_a_data_error(self, content):
        pneumoniamnist_archive().parent.mkdir(parents=True)
        pneumoniamnist_archive().write_bytes(content)
        with pytest.raises(DataError, match="expected the PneumoniaMNIST archive"):
            open_catalogue("pneumoniamnist")

    def test_labels_out_of_range_are_a_data_error(self):
        put_archive(val_labels=np.array([[3]], np.uint8))
        with pytest.raises(DataError, match="neither 0 nor 1"):
            open_catalogue("pneumoniamnist")

    def test_films_of_another_shape_are_a_data_error(self):
        put_archive(val_images=np.zeros((1, 64), np.uint8))
        with pytest.raises(DataError, match="expected uint8 films"):
            open_catalogue("pneumoniamnist").select(split="val")[0].read()


class TestSizes:
    @pytest.mark.parametrize(("source", "size"), PNEUMONIAMNIST.items())
    def test_each_size_is_a_source_of_its_own(self, source, size):
        assert f"PneumoniaMNIST, {size} px" == open_catalogue(source).title
        assert open_catalogue(source).samples == ()
        put_archive(size=size)
        samples = open_catalogue(source).samples
        assert {sample.source for sample in samples} == {source}
        others = set(PNEUMONIAMNIST) - {source}
        assert not any(open_catalogue(other).samples for other in others)

    def test_archives_are_named_as_published(self):
        names = [pneumoniamnist_archive(size).name for size in (28, 64, 128, 224)]
        assert names == ["pneumoniamnist.npz"] + [
            f"pneumoniamnist_{size}.npz" for size in (64, 128, 224)
        ]

    def test_the_smallest_is_enlarged_so_that_it_can_be_read(self):
        flat = np.full((1, 28, 28), 77, np.uint8)
        put_archive(size=28, train=1, train_images=flat)
        film = open_catalogue("pneumoniamnist_28").samples[0].open()
        np.testing.assert_array_equal(film.pixels, np.full((56, 56), 77))
