"""Tests of `xray_core.inference.bands`."""

import cv2
import numpy as np
import pytest

from xray_core.inference.bands import (
    BANDS,
    REFERENCE,
    WIDEST_GAIN,
    energies,
    normalise_bands,
    split_bands,
)


@pytest.fixture
def grey():
    rng = np.random.default_rng(0)
    layers = [cv2.GaussianBlur(rng.normal(size=(128, 128)), (0, 0), s) for s in (1, 3, 9, 20)]
    return sum(layer / layer.std() for layer in layers).astype(np.float32)


@pytest.fixture
def inside():
    inside = np.zeros((128, 128), np.float32)
    inside[20:110, 15:115] = 1
    return inside


def test_bands_add_up_to_the_view_less_its_mean_inside(grey, inside):
    bands = split_bands(grey, inside)
    assert bands.shape == (BANDS, 128, 128)
    mean = grey[inside > 0].mean()
    np.testing.assert_allclose(bands.sum(axis=0), grey - mean, atol=1e-4)


def test_bands_go_from_fine_to_broad(grey, inside):
    rough = [
        np.abs(cv2.Laplacian(b, cv2.CV_32F)[inside > 0]).mean() / b[inside > 0].std()
        for b in split_bands(grey, inside)
    ]
    assert rough == sorted(rough, reverse=True)


def test_bands_see_nothing_of_what_lies_outside(grey, inside):
    other = np.where(inside > 0, grey, 50).astype(np.float32)
    for first, second in zip(split_bands(grey, inside), split_bands(other, inside), strict=True):
        np.testing.assert_allclose(first[inside > 0], second[inside > 0], atol=1e-3)


def test_energies_are_the_spread_of_each_band_inside():
    bands = np.stack([np.full((4, 4), 2.0), np.full((4, 4), 3.0)]).astype(np.float32)
    inside = np.zeros((4, 4), np.float32)
    inside[:2] = 1
    bands[0, 2:] = 99
    np.testing.assert_allclose(energies(bands, inside), [2, 3])


@pytest.mark.parametrize("change", [lambda g: 3 * g + 40, lambda g: g / 7])
def test_normalised_view_forgets_brightness_and_contrast(grey, inside, change):
    np.testing.assert_allclose(
        normalise_bands(change(grey), inside), normalise_bands(grey, inside), atol=2e-3
    )


def test_normalised_bands_have_the_reference_energies(grey, inside):
    found = energies(split_bands(normalise_bands(grey, inside), inside), inside)
    np.testing.assert_allclose(found, REFERENCE, rtol=0.35)
    before = energies(split_bands(grey, inside), inside)
    before = before / np.sqrt(np.square(before).sum())
    assert (
        np.abs(np.log(found / REFERENCE)).mean() < 0.5 * np.abs(np.log(before / REFERENCE)).mean()
    )


def test_a_sharpened_film_comes_out_nearly_as_it_was(grey, inside):
    sharp = grey + 0.7 * (grey - cv2.GaussianBlur(grey, (0, 0), 1.5))
    plain = np.abs(sharp / sharp.std() - grey / grey.std())[inside > 0].mean()
    difference = normalise_bands(sharp, inside) - normalise_bands(grey, inside)
    assert np.abs(difference)[inside > 0].mean() < 0.6 * plain


def test_gains_multiply_the_bands(grey, inside):
    gains = np.ones(BANDS)
    gains[0] = 2
    plain, drawn = normalise_bands(grey, inside), normalise_bands(grey, inside, gains)
    first, again = (energies(split_bands(view, inside), inside) for view in (plain, drawn))
    assert again[0] / first[0] > 1.3  # neighbouring bands overlap
    assert again[-1] / first[-1] == pytest.approx(1, rel=0.05)


def test_noise_is_not_drawn_up_without_bound(inside):
    flat = np.tile(np.linspace(0, 100, 128, dtype=np.float32), (128, 1))
    flat += np.random.default_rng(0).normal(0, 1e-3, flat.shape).astype(np.float32)
    before = energies(split_bands(flat, inside), inside)
    found = energies(split_bands(normalise_bands(flat, inside), inside), inside)
    assert (found[0] / found[-1]) / (before[0] / before[-1]) < WIDEST_GAIN**2 * 1.1


def test_a_uniform_view_stays_finite(inside):
    assert np.isfinite(normalise_bands(np.full((128, 128), 7, np.float32), inside)).all()
