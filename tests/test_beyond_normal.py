"""Tests of the default map and of the other methods, by hand and on real films."""

import numpy as np
import pytest

from xray_core.saliency.beyond_normal import (
    NormalFilms,
    average_normal,
    beyond_normal,
    load_normal,
    save_normal,
)
from xray_core.saliency.grad_cam_plus_plus import grad_cam_plus_plus
from xray_core.saliency.integrated_gradients import integrated_gradients
from xray_core.saliency.layer_cam import layer_cam
from xray_core.saliency.methods import METHODS
from xray_core.saliency.occlusion import occlusion

POSITIVE = np.array([False, True])
NORMAL = NormalFilms(np.zeros((4, 4), np.float32), np.zeros((32, 32), np.float32), 1, "hash")


def a_view():
    view = np.zeros((32, 32, 2), np.float32)
    view[..., 1] = 1
    return view


def maps_with(row, column, value):
    maps = np.zeros((4, 4, 2), np.float32)
    maps[row, column, 1] = value
    return maps


def test_beyond_normal_keeps_the_ranking_of_a_film_judged_normal():
    maps = maps_with(1, 2, 5) - np.array([0, 20], np.float32)
    found = beyond_normal(maps, maps.mean((0, 1)), POSITIVE, a_view(), NORMAL)
    assert found.min() >= 0
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert (row // 8, column // 8) == (1, 2)


def test_beyond_normal_finds_the_denser_part_within_a_place():
    view, maps = a_view(), maps_with(1, 2, 30)
    view[13:16, 17:20, 0] = 2
    found = beyond_normal(maps, maps.mean((0, 1)), POSITIVE, view, NORMAL)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert 13 <= row < 16
    assert 17 <= column < 20


def test_beyond_normal_expects_what_normal_films_show():
    maps = maps_with(1, 2, 30)
    usual = NormalFilms(30 * np.eye(4, dtype=np.float32)[[0, 2, 1, 3]], NORMAL.view, 1, "hash")
    found = beyond_normal(maps, maps.mean((0, 1)), POSITIVE, a_view(), usual)
    same = beyond_normal(maps, maps.mean((0, 1)), POSITIVE, a_view(), NORMAL)
    assert found[12, 20] < same[12, 20] / 5


def test_beyond_normal_is_zero_outside_the_lungs():
    view, maps = a_view(), maps_with(1, 2, 30)
    view[:, 16:, 1] = 0
    found = beyond_normal(maps, maps.mean((0, 1)), POSITIVE, view, NORMAL)
    assert not found[:, 16:].any()
    assert found[:, :16].all()
    view[..., 1] = 0
    assert not beyond_normal(maps, maps.mean((0, 1)), POSITIVE, view, NORMAL).any()


def test_normal_films_belong_to_one_network(tmp_path):
    path = tmp_path / "normal.npz"
    made = average_normal([np.ones((2, 2)), np.zeros((2, 2))], [np.ones((4, 4))] * 2, "a")
    save_normal(made, path)
    found = load_normal(path, "a")
    np.testing.assert_allclose(found.evidence, 0.5)
    np.testing.assert_allclose(found.view, 1)
    assert found.films == 2
    assert load_normal(path, "b") is None
    assert load_normal(tmp_path / "none.npz", "a") is None


def test_occlusion_finds_the_place_that_carries_the_score():
    view = a_view()
    view[8:12, 16:20, 0] = 1
    found = occlusion(view, lambda v: float(v[8:12, 16:20, 0].sum()), NORMAL.view, places=8)
    assert np.unravel_index(found.argmax(), found.shape) == (2, 4)
    assert not occlusion(view, lambda v: 0.0, NORMAL.view).any()


def test_layer_cam_by_hand():
    activations = np.array([[[1, 2], [3, 1]]], np.float32)
    gradients = np.array([[[2, -1], [-4, 5]]], np.float32)
    np.testing.assert_allclose(layer_cam(activations, gradients), [[2, 5]])


def test_grad_cam_plus_plus_by_hand():
    activations = np.array([[[1.0], [3.0]]], np.float32)
    gradients = np.array([[[1.0], [0.0]]], np.float32)
    # alpha = 1 / (2 + 4), and 0 where there is no gradient
    np.testing.assert_allclose(grad_cam_plus_plus(activations, gradients), [[1 / 6, 1 / 2]])


def test_integrated_gradients_sum_to_the_difference_in_score():
    view, baseline = np.array([2.0, 3.0], np.float32), np.array([1.0, 0.0], np.float32)
    found = integrated_gradients(view, baseline, lambda batch: 2 * batch)
    np.testing.assert_allclose(found, [3, 9], rtol=1e-5)  # the score is the sum of squares


def test_shipped_normal_films_belong_to_the_shipped_network(classifier):
    assert classifier.normal is not None, "run train-normal again after a training"
    assert classifier.normal.films > 1000


def test_no_two_methods_and_no_two_films_give_the_same_map(classifier, sample_films):
    from xray_core.overlay import fit_within
    from xray_core.saliency import saliency_on_film

    found = {}
    for sample in sample_films[::8]:
        for method in METHODS:
            answer = classifier.analyze(sample.open(), gate=False, method=method)
            assert answer.explanation.method == method
            placed = saliency_on_film(answer.explanation, 96, 96)
            assert np.isfinite(placed).all()
            assert placed.max() > 0
            found[sample.name, method] = fit_within(placed / placed.max(), 48).ravel()
    for one, first in found.items():
        for other, second in found.items():
            if one < other:
                assert np.abs(first - second).max() > 0.02, (one, other)


@pytest.mark.parametrize("method", ["beyond_normal", "hires_cam"])
def test_network_is_what_makes_the_map(classifier, sample_films, method):
    """With class maps of another film, another map: the method is no edge detector."""
    from xray_core.classifier import Look
    from xray_core.saliency.methods import locate

    one, other = (classifier.look(sample_films[index].open()) for index in (0, 12))
    mixed = Look(one.lungs, one.box, one.view, other.class_maps, other.logits)
    maps = [locate(method, look, classifier)[0].ravel() for look in (one, mixed)]
    assert np.corrcoef(maps)[0, 1] < 0.95
