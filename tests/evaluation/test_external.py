"""Tests of `xray_core.evaluation.external` on drawn films."""

import json

import pytest

from tests.fakes import FakeClassifier, write_film
from xray_core.errors import DataError
from xray_core.evaluation.external import evaluate_external

HEAD = "image,label,patient,age,sex,view\n"


@pytest.fixture
def folder(tmp_path):
    """Six films; those of adults are ranked wrongly, those of children rightly."""
    rows = []
    for number, (label, level, age, view) in enumerate(
        [
            ("PNEUMONIA", 200, 4, "AP"),
            ("NORMAL", 60, 5, "PA"),
            ("PNEUMONIA", 70, 50, "PA"),
            ("NORMAL", 180, 60, "PA"),
            ("NORMAL", 190, 70, "AP"),
            ("PNEUMONIA", 80, 70, "AP"),
        ]
    ):
        write_film(tmp_path / f"images/{number}.png", level, width=60 if number == 5 else 40)
        rows.append(f"{number}.png,{label},{number},{age},F,{view}")
    (tmp_path / "labels.csv").write_text(HEAD + "\n".join(rows) + "\n")
    return tmp_path


def test_evaluate_external_measures_each_group(folder):
    report = evaluate_external(FakeClassifier(), folder)
    auc = {group["name"]: group["auc"]["value"] for group in report["groups"]}
    assert auc["18 years and younger"] == 1
    assert auc["older than 18 years"] == 0
    assert auc["all"] == pytest.approx(5 / 9)
    assert report["n"] == 6
    assert report["refused"] == 1
    json.dumps(report, allow_nan=False)


def test_evaluate_external_says_why_a_group_has_no_auc(folder):
    (folder / "labels.csv").write_text(HEAD + "0.png,NORMAL,0,4,F,AP\n")
    groups = evaluate_external(FakeClassifier(), folder)["groups"]
    assert all(group["auc"]["value"] is None and group["auc"]["reason"] for group in groups)


def test_evaluate_external_names_a_film_that_cannot_be_read(folder):
    (folder / "images/3.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"film 3\.png could not be read"):
        evaluate_external(FakeClassifier(), folder)


@pytest.mark.parametrize("table", [None, "image,label\n0.png,NORMAL\n"])
def test_evaluate_external_says_what_it_expects(folder, table):
    (folder / "labels.csv").unlink()
    if table:
        (folder / "labels.csv").write_text(table)
    with pytest.raises(DataError, match="columns image, label, patient, age and view"):
        evaluate_external(FakeClassifier(), folder)
