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
