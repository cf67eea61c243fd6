"""Tests of `xray_core.training.augment`: the same for the same seed, and really a change."""

import numpy as np
import pytest

from xray_core.training.augment import random_tone, random_warp, random_wear


@pytest.fixture
def film():
    row, column = np.mgrid[0:224, 0:224]
    return ((np.sin(row / 9) + np.cos(column / 7) + 2) * 63).astype(np.uint8)


@pytest.mark.parametrize("change", [random_tone, random_wear])
def test_changes_repeat_with_the_seed_and_vary_with_it(film, change):
    first, again = (change(film, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    others = [change(film, np.random.default_rng(seed)) for seed in range(8)]
    assert len({other.tobytes() for other in others}) > 4
    assert all(other.dtype == np.uint8 and other.shape == film.shape for other in others)


def test_random_tone_of_no_strength_changes_nothing(film):
    same = random_tone(film, np.random.default_rng(0), strength=0)
    assert np.abs(same.astype(int) - film).max() <= 1


def test_random_tone_keeps_the_order_of_grey_levels(film):
    ramp = np.arange(256, dtype=np.uint8)[None]
    for seed in range(20):
        toned = random_tone(ramp, np.random.default_rng(seed))[0].astype(int)
        assert (np.diff(toned) >= 0).all()


def test_random_warp_of_no_strength_is_the_identity():
    warp = random_warp(np.random.default_rng(0), rotation=0, scale=(1, 1), shift=0)
    np.testing.assert_allclose(warp, [[1, 0, 0], [0, 1, 0]], atol=1e-12)


def test_random_warp_flips_about_the_centre():
    seeds = range(20)
    warps = [
        random_warp(np.random.default_rng(s), rotation=0, scale=(1, 1), shift=0, flip=True)
        for s in seeds
    ]
    flipped = [warp for warp in warps if warp[0, 0] < 0]
    assert 0 < len(flipped) < len(warps)
    np.testing.assert_allclose(flipped[0] @ [0.25, 0.3, 1], [0.75, 0.3])
