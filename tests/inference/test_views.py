"""Tests of `xray_core.inference.views`."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from xray_core.inference.segmentation import lungs_from_mask
from xray_core.inference.views import (
    FILM_SIZE,
    KEPT,
    REDUCING_GAP,
    cut,
    hull,
    keep_film,
    reduce_film,
    relative_bands,
    view_film,
)
from xray_core.types import WHOLE_FILM, Box, Look, Lungs, View


@pytest.fixture
def mask():
    """Two lungs, 60 rows high, from column 10 to 70 of 80, and a speck."""
    mask = np.zeros((80, 80), np.float32)
    mask[10:70, 10:30] = 1
    mask[10:70, 50:70] = 1
    mask[76:78, 76:78] = 1
    return mask


@pytest.fixture
def film():
    return np.random.default_rng(0).integers(0, 256, (FILM_SIZE, FILM_SIZE), dtype=np.uint8)


def lung_pixels(film, lungs, side):
    view = view_film(film, lungs, "lungs", side)
    assert view.box == lungs.box
    return view.pixels


def test_reduce_film_averages_instead_of_picking():
    checkers = np.indices((1600, 2000)).sum(0) % 2 * 255
    reduced = reduce_film(checkers.astype(np.uint8))
    assert reduced.shape == (FILM_SIZE, FILM_SIZE)
    assert np.abs(reduced.astype(int) - 127).max() <= 8


def test_cut_of_the_whole_keeps_every_pixel(film):
    same = cut(film.astype(np.float32), WHOLE_FILM, FILM_SIZE)
    np.testing.assert_allclose(same, film, atol=1e-3)


def test_cut_takes_the_part_it_is_asked_for(film):
    quarter = cut(film.astype(np.float32), Box(0.5, 0.0, 1.0, 0.5), FILM_SIZE // 2)
    np.testing.assert_allclose(quarter, film[:112, 112:], atol=1e-3)


def test_lung_view_does_not_depend_on_what_lies_outside_the_hull(film, mask):
    lungs = lungs_from_mask(mask)
    far = cv2.resize(hull(lungs.mask), (FILM_SIZE, FILM_SIZE)) == 0
    far = cv2.erode(far.astype(np.uint8), np.ones((25, 25))) > 0
    changed = np.where(far, 255 - film, film)
    assert (changed != film).any()
    np.testing.assert_allclose(
        lung_pixels(changed, lungs, 64), lung_pixels(film, lungs, 64), atol=2e-2
    )


def test_lung_view_does_not_depend_on_brightness_and_contrast(film, mask):
    lungs = lungs_from_mask(mask)
    pale = (film / 2 + 100).astype(np.uint8)
    np.testing.assert_allclose(
        lung_pixels(pale, lungs, 64), lung_pixels(film, lungs, 64), atol=4e-2
    )


def test_lung_view_shows_what_lies_between_the_lungs_and_is_zero_outside_their_hull(film):
    slanted = np.tri(80, dtype=np.float32)[:, ::-1].copy()
    slanted[:, 70:] = 0
    both = lung_pixels(film, Lungs(slanted, WHOLE_FILM), 128)
    assert both.dtype == np.float32
    view, inside = both[..., 0], both[..., 1]
    shown = cv2.resize(hull(slanted), (128, 128))
    assert inside[cv2.erode(shown, np.ones((9, 9))) > 0.99].min() > 0.95
    assert np.abs(view[inside == 0]).max(initial=0) == 0
    assert abs(view[inside > 0.99].mean()) < 0.05
    assert 0.2 < view[inside > 0.99].std() < 0.8


def test_hull_gives_back_what_the_mask_cut_out(mask):
    mask = lungs_from_mask(mask).mask
    whole = hull(mask)
    assert whole[20:60, 10:70].min() == 1  # the space between the lungs, too
    consolidated = mask.copy()
    consolidated[40:70, 10:30] = 0
    np.testing.assert_array_equal(hull(consolidated), whole)


def test_hull_keeps_to_the_box_of_the_lungs(mask):
    whole = hull(lungs_from_mask(mask).mask)
    assert not whole[:9].any()
    assert not whole[71:].any()
    assert not whole[:, :9].any()
    assert not whole[:, 71:].any()


def test_lung_view_survives_a_uniform_film(mask):
    view = lung_pixels(np.full((FILM_SIZE, FILM_SIZE), 90, np.uint8), lungs_from_mask(mask), 64)
    assert np.isfinite(view).all()
    assert np.abs(view[..., 0]).max() < 1e-2


def test_film_view_is_centred_on_grey():
    film = np.full((FILM_SIZE, FILM_SIZE), 255, np.uint8)
    view = view_film(film, None, "film", 32)
    np.testing.assert_allclose(view.pixels, 1.0)
    assert view.box == WHOLE_FILM


@pytest.mark.parametrize(
    "shape",
    [(1344, 2014), (1500, 2000), (1501, 2000), (1501, 1999), (1343, 1500), (700, 224), (3, 3)],
)
def test_reduce_film_is_pillow_s_own_reduction(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    square, way = (FILM_SIZE, FILM_SIZE), Image.Resampling.BILINEAR
    expected = Image.fromarray(pixels).resize(square, way, reducing_gap=REDUCING_GAP)
    np.testing.assert_array_equal(reduce_film(pixels), expected)


@pytest.mark.parametrize("shape", [(300, 120), (120, 224), (150, 174), (200, 448)])
def test_the_lungs_are_shown_as_much_along_one_axis_as_along_the_other(shape, mask):
    lungs = Lungs(np.ones_like(mask), WHOLE_FILM)
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    view = view_film(noise, lungs, "lungs", 128).grey
    turned = view_film(noise.T.copy(), lungs, "lungs", 128).grey
    np.testing.assert_allclose(turned, view.T, atol=0.05)
    steps = [np.abs(np.diff(view, axis=axis)).mean() for axis in (0, 1)]
    assert steps[0] == pytest.approx(steps[1], rel=0.25)


@pytest.mark.parametrize("across", [1.25, 1.5, 2])
def test_a_stretched_copy_shows_the_lungs_as_the_film_does(film, mask, across):
    """Shown by way of a square of 224 pixels, the copy had less detail than the film."""
    lungs = lungs_from_mask(mask)
    noise = np.random.default_rng(0).normal(0, 12, (FILM_SIZE, 200))
    small = cv2.resize(film, (200, FILM_SIZE), interpolation=cv2.INTER_AREA)
    film = np.clip(small + noise, 0, 255).astype(np.uint8)
    size = (round(200 * across), FILM_SIZE)
    copy = cv2.resize(film, size, interpolation=cv2.INTER_CUBIC)
    views = [view_film(each, lungs, "lungs", 128).grey for each in (film, copy)]
    assert np.abs(views[0] - views[1]).mean() < 0.05 * views[0].std()


@pytest.mark.parametrize(("side", "kept"), [(KEPT, True), (KEPT + 1, False)])
def test_keep_film_reduces_large_films_alone(side, kept):
    pixels = np.random.default_rng(0).integers(0, 256, (300, side), np.uint8)
    film = keep_film(pixels)
    assert (film is pixels) == kept
    if not kept:
        np.testing.assert_array_equal(film, reduce_film(pixels))


def test_view_is_the_whole_film_where_no_lungs_were_found(film):
    none = Lungs(np.zeros((8, 8), np.float32), None)
    view = view_film(film, none, "lungs", 32)
    np.testing.assert_array_equal(view.pixels, view_film(film, None, "film", 32).pixels)
    assert view.box == WHOLE_FILM


def look_of(film, mask, frame=WHOLE_FILM):
    lungs = lungs_from_mask(mask)
    view = view_film(film, lungs, "lungs", 128)
    if frame != WHOLE_FILM:
        view = View(view.pixels, view.box.on(frame))
    return Look(lungs, view, np.zeros((1, 1, 1), np.float32), np.zeros(1), frame)


def test_relative_bands_tell_fine_detail_and_no_contrast(film, mask):
    bands = np.array(relative_bands(film, look_of(film, mask)))
    faint = (film // 2 + 60).astype(np.uint8)
    assert relative_bands(faint, look_of(faint, mask)) == pytest.approx(bands, rel=0.1)
    soft = cv2.GaussianBlur(film, (0, 0), 3)
    assert relative_bands(soft, look_of(soft, mask))[0] < 0.5 * bands[0]


def test_relative_bands_are_those_of_the_film_within_its_frame(film, mask):
    """The box of a look is on the radiograph, of which the film is a part."""
    within = look_of(film, mask, Box(0.1, 0.2, 0.9, 0.8))
    assert relative_bands(film, within) == relative_bands(film, look_of(film, mask))


def test_relative_bands_need_lungs(film, mask):
    look = replace(look_of(film, mask), lungs=Lungs(np.zeros_like(mask), None))
    assert relative_bands(film, look) is None
