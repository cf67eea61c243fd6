import io

import numpy as np
import pytest
from PIL import Image

from xray_core.errors import UsageError
from xray_core.io import images
from xray_core.saliency import overlay


@pytest.fixture
def film():
    return np.tile(np.arange(0, 250, 5, dtype=np.uint8), (40, 1))


def spot(shape, peak=2.0):
    saliency = np.zeros(shape, np.float32)
    saliency[10:20, 10:20] = peak
    return saliency


def test_draw_overlay_keeps_the_film_where_there_is_no_evidence(film):
    drawn = overlay.draw_overlay(film, spot(film.shape), alpha=0.8)
    empty = spot(film.shape) == 0
    assert drawn.dtype == np.uint8
    assert (drawn[empty] == film[empty][:, None]).all()


def test_draw_overlay_colours_the_evidence(film):
    drawn = overlay.draw_overlay(film, spot(film.shape), alpha=1.0)
    assert (drawn[15, 15] == overlay.COLOURS[255]).all()


def test_draw_overlay_blends_in_proportion_to_alpha(film):
    half = overlay.draw_overlay(film, spot(film.shape), alpha=0.5)[15, 15].astype(float)
    expected = (film[15, 15] + overlay.COLOURS[255].astype(float)) / 2
    np.testing.assert_allclose(half, expected, atol=1.5)


def test_draw_overlay_without_evidence_is_the_film(film):
    drawn = overlay.draw_overlay(film, np.zeros(film.shape, np.float32))
    assert (drawn == film[..., None]).all()


def test_draw_overlay_with_alpha_zero_is_the_film(film):
    drawn = overlay.draw_overlay(film, spot(film.shape), alpha=0)
    assert (drawn == film[..., None]).all()


def test_draw_overlay_scale_makes_films_comparable(film):
    own = overlay.draw_overlay(film, spot(film.shape, peak=1.0), alpha=1.0)
    shared = overlay.draw_overlay(film, spot(film.shape, peak=1.0), alpha=1.0, scale=4.0)
    stronger = overlay.draw_overlay(film, spot(film.shape, peak=9.0), alpha=1.0, scale=4.0)
    assert (own[15, 15] != shared[15, 15]).any()
    assert (stronger[15, 15] == own[15, 15]).all()


def test_draw_overlay_refuses_another_shape(film):
    with pytest.raises(UsageError, match=r"same shape, got \(40, 50\) and \(7, 7\)"):
        overlay.draw_overlay(film, np.zeros((7, 7), np.float32))


def test_draw_overlay_refuses_an_impossible_alpha(film):
    with pytest.raises(UsageError, match="between 0 and 1, got 50"):
        overlay.draw_overlay(film, spot(film.shape), alpha=50)


def test_colours_rise_in_brightness():
    luminance = overlay.COLOURS @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance) > -0.8).all()
    assert luminance[-1] - luminance[0] > 150


def test_outline_follows_the_mask_in_film_pixels():
    mask = np.zeros((64, 64), np.float32)
    mask[16:48, 8:24] = 1
    mask[16:48, 40:56] = 1
    curves = overlay.outline(mask, height=1280, width=640)
    assert len(curves) == 2
    left = min(curves, key=lambda curve: curve[:, 0].min())
    np.testing.assert_allclose(left.min(axis=0), [80, 320], atol=25)
    np.testing.assert_allclose(left.max(axis=0), [240, 960], atol=25)
    assert (left[0] == left[-1]).all()


def test_outline_of_nothing_is_empty():
    assert overlay.outline(np.zeros((64, 64), np.float32), 100, 100) == []


def test_encode_png_is_exact_and_rgb(film):
    drawn = overlay.draw_overlay(film, spot(film.shape))
    with Image.open(io.BytesIO(images.encode_png(drawn))) as read:
        assert (np.asarray(read) == drawn).all()
