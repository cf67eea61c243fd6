"""Tests of `xray_core.io.orientation`."""

import numpy as np
import pytest

from xray_core.io.orientation import NEGATIVE, Orientation, negative
from xray_core.types import Radiograph

FILM = Radiograph(np.array([[1, 2, 3], [4, 5, 6]], np.uint8), "film", "0", jpeg=b"file")


def turn(*ways):
    orientation = Orientation()
    for way in ways:
        orientation = orientation.turned(way)
    return orientation


@pytest.mark.parametrize(
    ("ways", "pixels"),
    [
        (["rotate"], [[4, 1], [5, 2], [6, 3]]),
        (["mirror"], [[3, 2, 1], [6, 5, 4]]),
        (["rotate", "mirror"], [[1, 4], [2, 5], [3, 6]]),  # as it is seen, not as the file lies
        (["mirror", "rotate"], [[6, 3], [5, 2], [4, 1]]),
        (["rotate", "mirror", "rotate"], [[3, 2, 1], [6, 5, 4]]),
    ],
)
def test_each_turn_is_made_of_what_is_seen(ways, pixels):
    turned = turn(*ways).apply(FILM)
    assert turned.pixels.tolist() == pixels
    assert turned.pixels.flags.c_contiguous
    assert turned.jpeg is None
    assert "turned by hand" in turned.notes[-1]


@pytest.mark.parametrize("ways", [["rotate"] * 4, ["mirror"] * 2, ["rotate", "reset"], ["invert"]])
def test_a_film_turned_back_is_the_film_itself(ways):
    assert turn(*ways).apply(FILM) is FILM


def test_inversion_is_remembered_and_reset():
    assert turn("invert", "rotate").inverted
    assert turn("invert", "reset") == Orientation()


def test_negative_is_noted():
    assert negative(FILM).pixels[0, 0] == 254
    assert negative(FILM).notes == (NEGATIVE,)
