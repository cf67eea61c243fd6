"""Films and boxes are cut to their frames: `xray_core.training.examples`."""

import cv2
import numpy as np
import pandas as pd
import pytest

from xray_core.inference.views import FILM_SIZE
from xray_core.training.examples import read_adults


@pytest.fixture
def folder(tmp_path):
    """Two adults' films with a box each: one as it is, one with as much white bar below it."""
    rng = np.random.default_rng(0)
    film = rng.integers(60, 200, (FILM_SIZE, FILM_SIZE)).astype(np.uint8)
    (tmp_path / "images").mkdir()
    barred = np.vstack([film, np.full_like(film, 255)])
    for name, pixels in (("film.png", film), ("barred.png", barred)):
        cv2.imwrite(str(tmp_path / "images" / name), pixels)
    rows = [
        (name, "pneumonia", "radiologists", "AP", name, "train")
        for name in ("film.png", "barred.png")
    ]
    columns = ["image", "label", "labelled_by", "view", "patient", "split"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "labels.csv", index=False)
    boxes = [
        ("film.png", 0.25, 0.5, 0.25, 0.5),
        ("barred.png", 0.25, 0.25, 0.25, 0.3),  # beyond the film by what a reader's hand shakes
        ("barred.png", 0.25, 0.6, 0.25, 0.3),  # in the bar
    ]
    pd.DataFrame(boxes, columns=list("ixywh")).rename(columns={"i": "image"}).to_csv(
        tmp_path / "boxes.csv", index=False
    )
    return tmp_path


def test_read_adults_cuts_films_and_boxes_to_the_frame(folder):
    film, barred = read_adults(folder, "train", None)
    np.testing.assert_array_equal(film.film, barred.film)
    assert len(barred.boxes) == 1
    assert barred.boxes == film.boxes
