"""Tests of `xray_core.evaluation.external` on drawn films."""

import json

import pytest

from tests.fakes import FakeClassifier, write_film
from xray_core.errors import DataError
from xray_core.evaluation.external import evaluate_external

HEAD = "image,label,patient,view,split,labelled_by\n"
FILMS = (
    ("pneumonia", 200, "AP", "test"),
    ("normal", 60, "PA", "test"),
    ("pneumonia", 70, "PA", "test"),
    ("normal", 180, "AP", "test"),
    ("other_abnormal", 230, "AP", "test"),
    ("normal", 20, "PA", "train"),
)


@pytest.fixture
def folder(tmp_path):
    """Films of a test, and one of train; one is wider than high, and one nobody has read."""
    rows = []
    for number, (label, level, view, split) in enumerate(FILMS):
        write_film(tmp_path / f"images/{number}.png", level, width=60 if number == 4 else 40)
        rows.append(f"{number}.png,{label},{number},{view},{split},radiologists")
    rows.append("9.png,normal,9,PA,test,text mining")
    (tmp_path / "labels.csv").write_text(HEAD + "\n".join(rows) + "\n")
    return tmp_path


def test_ranks_are_measured_within_each_projection_and_pooled(folder):
    report = evaluate_external(FakeClassifier(), folder, split="test")
    auc = {group["name"]: group["auc"]["value"] for group in report["groups"]}
    assert auc == {
        "opacity against normal": 0.75,
        "opacity against normal, AP": 1,
        "opacity against normal, PA": 1,
        "opacity against normal and other findings": 0.5,
    }
    assert (report["n"], report["refused"]) == (5, 1)
    json.dumps(report, allow_nan=False)


def test_called_are_counted_by_what_the_films_show(folder):
    report = evaluate_external(FakeClassifier(), folder, split="test")
    called = {group["name"]: (group["n"], group["share"]["value"]) for group in report["called"]}
    assert called == {
        "normal": (2, 0.5),
        "normal, AP": (1, 1),
        "normal, PA": (1, 0),
        "other_abnormal": (1, 1),
        "pneumonia": (2, 0.5),
    }
    assert report["ap_minus_pa"]["n"] == 2


def test_without_a_split_all_that_radiologists_have_read_count(folder):
    assert evaluate_external(FakeClassifier(), folder)["n"] == 6


def test_a_table_of_images_and_labels_is_enough(folder):
    (folder / "labels.csv").write_text("image,label\n1.png,normal\n4.png,tuberculosis\n")
    report = evaluate_external(FakeClassifier(), folder)
    assert report["groups"] == []
    assert {group["name"]: group["n"] for group in report["called"]} == {
        "normal": 1,
        "tuberculosis": 1,
    }
    assert "ap_minus_pa" not in report


def test_a_film_that_cannot_be_read_is_named(folder):
    (folder / "images/3.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"film 3\.png could not be read"):
        evaluate_external(FakeClassifier(), folder)


@pytest.mark.parametrize("table", [None, "name,label\n0.png,normal\n"])
def test_a_folder_laid_out_otherwise_is_a_sentence(folder, table):
    (folder / "labels.csv").unlink()
    if table:
        (folder / "labels.csv").write_text(table)
    with pytest.raises(DataError, match="the columns image and label"):
        evaluate_external(FakeClassifier(), folder)


def test_a_split_without_films_is_a_sentence(folder):
    with pytest.raises(DataError, match="labelled films of the split 'valid'"):
        evaluate_external(FakeClassifier(), folder, split="valid")
