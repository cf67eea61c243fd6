import csv
import io
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import FakeClassifier
from xray_core.batch.table import COLUMNS, error_row, open_table, prediction_row
from xray_core.errors import RadiographError
from xray_core.types import Radiograph


def predict(height, width):
    film = Radiograph(np.full((height, width), 204, np.uint8), "a.png", "0")
    return FakeClassifier().predict(film)


def test_prediction_row_has_the_tables_columns():
    assert prediction_row(Path("b/a.png"), predict(50, 40)) == {
        "file": "b/a.png",
        "label": "PNEUMONIA",
        "probability": 0.8,
        "decision": "pneumonia",
        "reasons": [],
        "model": "grey",
        "error": None,
    }


def test_prediction_row_of_a_refused_film_has_no_probability():
    row = prediction_row("a.png", predict(40, 50))
    assert (row["label"], row["probability"], row["decision"]) == ("", None, "refused")
    assert row["reasons"] == ["wider than high"]


def test_error_row_has_the_same_columns_and_the_reason():
    row = error_row("a.png", RadiographError("no picture"), "grey")
    assert tuple(row) == tuple(prediction_row("a.png", predict(50, 40))) == COLUMNS
    assert (row["decision"], row["error"]) == ("refused", "no picture")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_csv_holds_no_formula(start):
    name = f"{start}HYPERLINK(1).png"
    row = prediction_row(name, predict(40, 50)) | {"reasons": [f"{start}1"], "probability": -0.5}
    file = io.BytesIO()
    with open_table(file, ".csv") as write:
        write([row])
    (read,) = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    assert read["file"] == f"'{name}"
    assert read["reasons"] == f"'{start}1"
    assert read["probability"] == "-0.5"  # a number is one


def test_csv_keeps_a_row_whole():
    file = io.BytesIO()
    with open_table(file, ".csv") as write:
        write([prediction_row("a\rb\nc.png", predict(40, 50))])
    (read,) = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    assert read["file"] == "a b\nc.png"
