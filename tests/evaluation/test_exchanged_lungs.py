"""Tests of `xray_core.evaluation.exchanged_lungs`."""

import numpy as np
import pytest

from xray_core.evaluation.exchanged_lungs import exchange_lungs


def film_of(left, right, around=120, rows=(60, 180), columns=((40, 100), (124, 184))):
    """A film with two flat lungs, and its mask."""
    film, mask = np.full((224, 224), around, np.uint8), np.zeros((224, 224), np.float32)
    for level, (first, last) in zip((left, right), columns, strict=True):
        film[rows[0] : rows[1], first:last] = level
        mask[rows[0] : rows[1], first:last] = 1
    return film, mask


@pytest.fixture
def pair():
    film, mask = film_of(40, 60)
    donor, theirs = film_of(60, 40, rows=(90, 150), columns=((50, 90), (134, 174)))
    return film, mask, donor, theirs


def test_what_lies_outside_the_outline_stays(pair):
    film, mask, *_ = pair
    found = exchange_lungs(*pair)
    far = np.ones_like(mask, bool)
    far[52:188, 32:192] = False
    np.testing.assert_array_equal(found[far], film[far])


def test_each_half_gets_the_same_half_of_the_donor_stretched(pair):
    found = exchange_lungs(*pair)
    left, right = found[70:170, 50:90].astype(float), found[70:170, 134:174].astype(float)
    assert left.std() < 2
    assert right.std() < 2
    assert left.mean() > right.mean() + 10


def test_the_lungs_keep_their_brightness_and_contrast():
    film, mask = film_of(40, 40)
    donor, theirs = film_of(110, 100, around=125)
    found = exchange_lungs(film, mask, donor, theirs)
    assert found[70:170, 50:90].mean() == pytest.approx(110, abs=1)
    assert found[70:170, 134:174].mean() == pytest.approx(100, abs=1)


def test_a_film_with_its_own_lungs_is_itself(pair):
    film, mask, *_ = pair
    assert np.abs(exchange_lungs(film, mask, film, mask).astype(int) - film).max() <= 1


def test_what_the_donor_lacks_is_filled_from_its_nearest_lung():
    film, mask = film_of(60, 60)
    donor, theirs = film_of(60, 60)
    theirs[120:180, 40:70] = 0  # a corner of the left lung is not lung
    donor[120:180, 40:70] = 255
    found = exchange_lungs(film, mask, donor, theirs)
    lung = found[70:110, 50:90].mean()
    assert np.abs(found[130:170, 46:66].astype(float) - lung).max() < 12


def test_a_film_or_a_donor_without_lungs_changes_nothing(pair):
    film, mask, donor, theirs = pair
    nothing = np.zeros_like(mask)
    assert exchange_lungs(film, nothing, donor, theirs) is film
    assert exchange_lungs(film, mask, donor, nothing) is film


def test_masks_may_have_another_resolution(pair):
    film, mask, donor, theirs = pair
    small = exchange_lungs(film, mask[::4, ::4].copy(), donor, theirs[::4, ::4].copy())
    difference = np.abs(small.astype(int) - exchange_lungs(film, mask, donor, theirs))
    assert difference[70:170, 50:90].mean() < 3
