"""Tests of `xray_core.training.drawn_opacities`."""

import numpy as np
import pytest

from xray_core.training.drawn_opacities import FAINTEST, RADII, draw_opacities
from xray_core.types import Box

BOX = Box(0.1, 0.2, 0.9, 0.8)


@pytest.fixture
def mask():
    mask = np.zeros((80, 80), np.float32)
    mask[16:64, 8:36] = mask[16:64, 44:72] = 1
    return mask


def film_of(rows, columns):
    """Dark lungs in grey tissue."""
    film = np.full((rows, columns), 170, np.uint8)
    film[int(0.2 * rows) : int(0.8 * rows), int(0.1 * columns) : int(0.9 * columns)] = 70
    return film


@pytest.mark.parametrize("shape", [(224, 224), (320, 260), (120, 90)])
def test_what_is_drawn_is_brighter_and_lies_in_the_lungs(mask, shape):
    film = film_of(*shape)
    rng = np.random.default_rng(0)
    for _ in range(40):
        drawn, where = draw_opacities(film, mask, BOX, rng)
        change = drawn.astype(float) - film
        assert drawn.shape == where.shape == film.shape
        assert change.min() >= 0
        assert set(np.unique(where)) == {0, 1}
        assert change[where > 0].mean() > 0.6 * FAINTEST
        assert change[where > 0].mean() > 3 * change[where == 0].mean()
        rows, columns = np.nonzero(where)
        assert BOX.left < columns.mean() / shape[1] < BOX.right
        assert BOX.top < rows.mean() / shape[0] < BOX.bottom


def test_sizes_range_from_a_rib_space_to_a_lobe(mask):
    film, rng = film_of(224, 224), np.random.default_rng(1)
    areas = [draw_opacities(film, mask, BOX, rng)[1].mean() for _ in range(150)]
    assert min(areas) < np.pi * (1.5 * RADII[0]) ** 2
    assert max(areas) > np.pi * (0.7 * RADII[1]) ** 2


def test_the_same_seed_draws_the_same(mask):
    pair = [draw_opacities(film_of(99, 99), mask, BOX, np.random.default_rng(5)) for _ in range(2)]
    np.testing.assert_array_equal(pair[0][0], pair[1][0])
    np.testing.assert_array_equal(pair[0][1], pair[1][1])
