"""Tests of `xray_core.inference.trim`."""

import cv2
import numpy as np
import pytest

from tests import SHARED
from xray_core.inference.trim import BLACK, LEAST, crop, find_frame, frame_film, lungs_on_picture
from xray_core.inference.views import FILM_SIZE, reduce_film
from xray_core.types import WHOLE_FILM, Box, Lungs


def draw(rows=240, columns=300):
    """A film up to whose edges there is a body: nothing of it is even, nothing black."""
    rng = np.random.default_rng(0)
    coarse = rng.uniform(60, 220, (6, 7)).astype(np.float32)
    smooth = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.clip(smooth + rng.normal(0, 3, (rows, columns)), 0, 255).astype(np.uint8)


def draw_thin(rows=240, columns=300):
    """A body with black beside it, and a letter there."""
    film = draw(rows, columns)
    film[:, :50] = film[:, -30:] = 3
    cv2.putText(film, "R", (10, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 3)
    return film


def pad(film, level, top, bottom, left, right):
    return cv2.copyMakeBorder(film, top, bottom, left, right, cv2.BORDER_CONSTANT, value=level)


def jpeg(film, quality):
    return cv2.imdecode(cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)


def within(pixels):
    return crop(pixels, find_frame(pixels))


@pytest.mark.parametrize("shape", [(240, 300), (FILM_SIZE, FILM_SIZE), (1500, 2000)])
def test_a_film_without_bars_stays_whole(shape):
    assert find_frame(draw(*shape)) == WHOLE_FILM


@pytest.mark.parametrize("level", [0, 16, 40, 128, 255])
@pytest.mark.parametrize("bars", [(30, 30, 0, 0), (0, 0, 60, 60), (50, 40, 30, 20), (0, 70, 0, 0)])
@pytest.mark.parametrize("shape", [(240, 300), (1500, 2000)])
def test_bars_are_cut_off_to_the_pixel(shape, bars, level):
    film = draw(*shape)
    np.testing.assert_array_equal(within(pad(film, level, *bars)), film)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("quality", [50, 75, 95])
def test_bars_saved_as_jpeg_are_cut_off_to_two_pixels(quality, level):
    film = draw()
    found = within(jpeg(pad(film, level, 45, 53, 61, 38), quality))
    assert np.abs(np.subtract(found.shape, film.shape)).max() <= 2


@pytest.mark.parametrize("level", [0, 200])
def test_a_caption_in_a_bar_is_no_film(level):
    film = draw()
    picture = pad(film, level, 50, 50, 40, 0)
    words = cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255 - level, 1
    cv2.putText(picture, "PORTABLE AP 12:31", (20, 25), *words)
    cv2.putText(picture, "KV59 MAS 2", (200, picture.shape[0] - 15), *words)
    np.testing.assert_array_equal(within(picture), film)


def test_a_line_around_a_bar_is_no_film():
    film = draw()
    picture = pad(film, 0, 40, 40, 40, 40)
    picture[:2] = picture[-2:] = picture[:, :2] = picture[:, -2:] = 255
    np.testing.assert_array_equal(within(picture), film)


@pytest.mark.parametrize("levels", [(0, 128, 255), (255, 0, 128)])
def test_bars_around_bars_are_cut_off(levels):
    film = draw()
    inner, middle, outer = levels
    picture = pad(pad(film, inner, 20, 20, 20, 20), middle, 15, 15, 0, 0)
    np.testing.assert_array_equal(within(pad(picture, outer, 9, 9, 9, 9)), film)


def test_what_is_bright_at_a_part_of_an_edge_is_film():
    film = draw()
    film[-60:, :260] = 255
    assert find_frame(film) == WHOLE_FILM


def test_a_collimator_s_dark_border_is_cut_off():
    film = draw()
    border = np.random.default_rng(1).integers(0, BLACK + 1, (320, 400)).astype(np.uint8)
    border[30:270, 40:340] = film
    np.testing.assert_array_equal(within(border), film)


def test_black_beside_a_body_is_cut_off_alike_with_and_without_bars():
    film = draw_thin()
    body = film[:, 50:-30]
    np.testing.assert_array_equal(within(film), body)
    for level in (0, 90, 255):
        np.testing.assert_array_equal(within(pad(film, level, 20, 60, 50, 50)), body)


def test_what_is_cut_to_its_film_is_not_cut_again():
    found = within(draw_thin())
    assert find_frame(found) == WHOLE_FILM


def test_a_large_copy_has_the_frame_of_a_small_one():
    small = pad(draw_thin(), 0, 30, 30, 0, 0)
    large = cv2.resize(small, None, fx=6, fy=5, interpolation=cv2.INTER_LINEAR)
    one, other = find_frame(small), find_frame(large)
    for side in ("left", "top", "right", "bottom"):
        assert getattr(one, side) == pytest.approx(getattr(other, side), abs=0.005)


@pytest.mark.parametrize("share", [LEAST - 0.05, LEAST + 0.05])
def test_nothing_is_cut_off_where_hardly_anything_would_stay(share):
    film = draw(round(400 * share), 300)
    picture = pad(film, 0, 400 - len(film), 0, 0, 0)
    assert (find_frame(picture) == WHOLE_FILM) == (share < LEAST)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 2), (2, 2), (1, 1000), (900, 5)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_of_one_level_stays_whole(shape, level):
    assert find_frame(np.full(shape, level, np.uint8)) == WHOLE_FILM


def test_frame_film_reduces_what_lies_within_the_frame():
    film = draw(1200, 1500)
    reduced, frame = frame_film(pad(film, 0, 150, 150, 0, 0))
    np.testing.assert_array_equal(reduced, reduce_film(film))
    assert frame == Box(0, 0.1, 1, 0.9)


def test_frame_film_gives_the_very_film_where_there_is_nothing_to_do():
    film = draw(FILM_SIZE, FILM_SIZE)
    reduced, frame = frame_film(film)
    assert np.shares_memory(reduced, film)
    assert frame == WHOLE_FILM


def test_lungs_lie_on_the_picture_where_they_lie_in_its_film():
    mask = np.zeros((80, 80), np.float32)
    mask[20:60, 10:70] = 1
    frame = Box(0.25, 0, 1, 0.5)
    lungs = lungs_on_picture(Lungs(mask, Box(0.125, 0.25, 0.875, 0.75)), frame)
    assert lungs.box == Box(0.34375, 0.125, 0.90625, 0.375)
    rows, columns = lungs.mask.shape
    y, x = np.nonzero(lungs.mask > 0.5)
    assert x.min() / columns == pytest.approx(0.34375, abs=0.01)
    assert (x.max() + 1) / columns == pytest.approx(0.90625, abs=0.01)
    assert y.min() / rows == pytest.approx(0.125, abs=0.01)
    assert (y.max() + 1) / rows == pytest.approx(0.375, abs=0.01)
    assert lungs.mask[: round(0.1 * rows)].max() == 0
    assert lungs_on_picture(Lungs(mask, None), frame).box is None


def test_a_box_on_a_frame_and_back():
    frame, box = Box(0.125, 0.25, 0.625, 1), Box(-0.5, 0.25, 0.5, 2)
    assert box.on(frame) == Box(-0.125, 0.4375, 0.375, 1.75)
    assert WHOLE_FILM.on(frame) == frame
    assert frame.on(frame.inverse()) == WHOLE_FILM
    back = box.on(frame).on(frame.inverse())
    assert (back.left, back.bottom) == (pytest.approx(-0.5), pytest.approx(2))


def test_no_lung_of_a_real_film_is_cut_off():
    masks = sorted((SHARED / "lung_masks").glob("*/*/*.png"))[::40]
    if not masks:
        pytest.skip("needs the lung masks of the official films")
    trimmed = 0
    for path in masks:
        film = SHARED / "chest_xray" / path.relative_to(SHARED / "lung_masks")
        frame = find_frame(cv2.imread(str(film.with_suffix(".jpeg")), cv2.IMREAD_GRAYSCALE))
        lungs = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) > 0
        trimmed += frame != WHOLE_FILM
        assert crop(lungs, frame).sum() >= 0.999 * lungs.sum(), path.name
    assert trimmed > 10
