"""Tests of `xray_core.saliency.agreement`."""

import numpy as np
import pytest

from xray_core.saliency.agreement import compare
from xray_core.types import Box, Explanation, Lungs

WHOLE = Box(0, 0, 1, 1)
LUNGS = Lungs(np.ones((56, 56), np.float32), WHOLE)


def explained(saliency):
    return Explanation(np.asarray(saliency, np.float32), WHOLE, "hires_cam")


def test_a_map_agrees_with_itself_and_not_with_its_opposite():
    slope = np.outer(np.arange(16), np.ones(16)) + np.arange(16) / 100
    same, opposite = compare([explained(slope), explained(slope), explained(15.2 - slope)], LUNGS)
    assert same == pytest.approx((1, 1))
    assert opposite[0] == pytest.approx(-1)
    assert opposite[1] == 0


def test_the_scale_of_a_map_does_not_matter():
    noise = np.random.default_rng(0).random((8, 8))
    ((rank, overlap),) = compare([explained(noise), explained(noise**3 * 50)], LUNGS)
    assert rank > 0.9
    assert overlap > 0.7


def test_random_maps_overlap_as_little_as_is_said():
    rng = np.random.default_rng(0)
    pairs = compare([explained(rng.random((56, 56))) for _ in range(20)], LUNGS)
    ranks, overlaps = np.transpose(pairs)
    assert abs(ranks.mean()) < 0.05
    assert overlaps.mean() == pytest.approx(0.05, abs=0.02)


def test_a_flat_map_has_no_agreement():
    ((rank, overlap),) = compare([explained(np.eye(8)), explained(np.zeros((8, 8)))], LUNGS)
    assert np.isnan(rank)
    assert np.isnan(overlap)


def test_only_the_lungs_are_compared():
    mask = np.zeros((56, 56), np.float32)
    mask[:, :28] = 1
    one = np.tile(np.arange(16.0), (16, 1))
    other = one.copy()
    other[:, 8:] = 0
    ((rank, _),) = compare([explained(one), explained(other)], Lungs(mask, WHOLE))
    assert rank > 0.95
    assert compare([explained(one), explained(other)], LUNGS)[0][0] < 0.5
