"""Tests of `xray_core.inference.segmentation`."""

import numpy as np
import pytest

from xray_core.inference.segmentation import MARGIN, lungs_from_mask


@pytest.fixture
def mask():
    """Two lungs, 60 rows high, from column 10 to 70 of 80, and a speck."""
    mask = np.zeros((80, 80), np.float32)
    mask[10:70, 10:30] = 1
    mask[10:70, 50:70] = 1
    mask[76:78, 76:78] = 1
    return mask


def test_lungs_from_mask_drops_specks_and_boxes_the_rest(mask):
    lungs = lungs_from_mask(mask)
    assert lungs.mask[77, 77] == 0
    assert lungs.mask[40, 20] == 1
    assert lungs.box.width == pytest.approx(60 / 80 * MARGIN)
    assert (lungs.box.left + lungs.box.right) / 2 == pytest.approx(0.5)
    assert (lungs.box.top + lungs.box.bottom) / 2 == pytest.approx(0.5)


@pytest.mark.parametrize("side", [0, 15])
def test_lungs_from_mask_finds_none_in_too_small_a_mask(side):
    mask = np.zeros((80, 80), np.float32)
    mask[:side, :side] = 1
    lungs = lungs_from_mask(mask)
    assert lungs.box is None
    assert not lungs.mask.any()


def test_a_box_moves_as_far_as_the_lungs_do_and_by_no_whole_places(mask):
    """The rim of the mask is soft: it says where between two places the lungs end."""
    lefts, widths = [], []
    shifts = np.linspace(0, 2, 21)
    for shift in shifts:
        at = np.arange(80) + 0.5
        across = np.clip(np.minimum(at - 10.2 - shift, 69.8 - at) / 2 + 0.5, 0, 1)
        box = lungs_from_mask(np.outer(mask[:, 20], across).astype(np.float32)).box
        lefts.append(80 * (box.left + (MARGIN - 1) / 2 / MARGIN * box.width))
        widths.append(80 * box.width / MARGIN)
    np.testing.assert_allclose(lefts, 10.2 + shifts, atol=0.01)
    np.testing.assert_allclose(widths, 59.6 - shifts, atol=0.01)


def test_lungs_that_reach_the_rim_of_the_film_end_there():
    mask = np.zeros((80, 80), np.float32)
    mask[:, :40] = 1
    box = lungs_from_mask(mask).box
    assert box.width == pytest.approx(MARGIN / 2)
    assert box.height == pytest.approx(MARGIN)
    assert (box.left + box.right) / 2 == pytest.approx(0.25)
