import numpy as np
import pytest

from tests.evaluation.probes.drawn import Reader, draw
from xray_core.evaluation.probes.copies import COPIES, letterbox, pad, probe_copies, square, stretch

FILM = np.arange(100 * 60).reshape(100, 60).astype(np.uint8)


def test_bars_are_black_and_the_film_is_between_them():
    padded = pad(FILM, 0.25, 2)
    assert padded.shape == (100, 90)
    np.testing.assert_array_equal(padded[:, 15:75], FILM)
    assert padded.sum() == FILM.sum()
    assert pad(FILM, 0.1, 4).shape == (120, 72)


def test_a_letterbox_is_as_high_as_a_phone():
    boxed = letterbox(FILM.T)
    assert boxed.shape == (60 + 2 * 37, 100)
    np.testing.assert_array_equal(boxed[37:-37], FILM.T)
    assert letterbox(FILM).shape == FILM.shape


def test_shapes_of_other_copies():
    assert square(FILM).shape == (100, 100)
    assert stretch(FILM, 1, 1.25).shape == (125, 60)
    rows, columns = COPIES["squeezed by 20% across"](FILM).shape
    assert columns / rows == pytest.approx(0.8 * 0.6)
    rows, columns = COPIES["squeezed by 20% down"](FILM).shape
    assert rows / columns == pytest.approx(0.8 / 0.6)


def test_what_bars_do_to_a_score_is_measured():
    """The mean of a film of one level falls by the share that its bars take."""
    films = [draw(level, patient=str(level)) for level in (100, 200, 50)]
    found = probe_copies(Reader(np.mean), films)
    bars = found["padded 25%, 2 sides"]  # 8 of 32 columns a side: a third of what is left
    assert bars["median"]["value"] == pytest.approx(100 / 3)
    assert bars["p95"]["value"] == bars["max"] == pytest.approx(200 / 3)
    assert bars["median"]["n"] == 3
    low, high = bars["median"]["interval"]
    assert (low, high) == (pytest.approx(50 / 3), pytest.approx(200 / 3))
    assert found["squeezed by 20% down"]["max"] == pytest.approx(0)


def test_a_film_that_is_square_is_no_copy_of_its_own():
    found = probe_copies(Reader(np.mean), [draw(100), draw(np.full((20, 30), 90, np.uint8))])
    assert found["squared"]["median"]["n"] == 1
    assert found["all"]["median"]["n"] == 2 * len(COPIES) - 1
    assert found["all"]["max"] == found["padded 25%, 4 sides"]["max"]
