"""Tests of the default map and of the other methods, by hand and on real films."""

import numpy as np
import pytest

from xray_core.io.images import fit_within
from xray_core.saliency.beyond_normal import beyond_normal, load_normal
from xray_core.saliency.grad_cam_plus_plus import grad_cam_plus_plus
from xray_core.saliency.integrated_gradients import integrated_gradients
from xray_core.saliency.layer_cam import layer_cam
from xray_core.saliency.occlusion import occlusion
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.registry import METHODS, locate
from xray_core.training.normal_films import average_normal, save_normal
from xray_core.types import Look

SIDE = 32
NORMAL_VIEW = np.zeros((SIDE, SIDE), np.float32)
INSIDE = np.ones((SIDE, SIDE), np.float32)


def a_view():
    return np.stack([NORMAL_VIEW, INSIDE], -1)


def evidence_at(row, column, value):
    evidence = np.zeros((4, 4), np.float32)
    evidence[row, column] = value
    return evidence


def test_beyond_normal_keeps_the_ranking_of_a_film_judged_normal():
    found = beyond_normal(evidence_at(1, 2, 5) - 20, NORMAL_VIEW, INSIDE)
    assert found.min() >= 0
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert (row // 8, column // 8) == (1, 2)


def test_beyond_normal_finds_the_denser_part_within_a_place():
    denser = NORMAL_VIEW.copy()
    denser[13:16, 17:20] = 2
    found = beyond_normal(evidence_at(1, 2, 30), denser, INSIDE)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert 13 <= row < 16
    assert 17 <= column < 20


def test_metal_counts_for_little_more_than_dense_lung():
    denser = NORMAL_VIEW.copy()
    denser[6:12, 6:12] = 1.5
    metal = denser.copy()
    metal[6:12, 6:12] = 15
    evidence = np.full((4, 4), 30, np.float32)
    lung, dot = (beyond_normal(evidence, one, INSIDE)[9, 9] for one in (denser, metal))
    assert dot < 1.2 * lung


def test_beyond_normal_keeps_the_total_of_the_network():
    evidence = np.full((4, 4), 30, np.float32)
    denser = np.random.default_rng(0).normal(size=INSIDE.shape).astype(np.float32)
    found = beyond_normal(evidence, denser, INSIDE)
    assert found.mean() == pytest.approx(30, rel=0.01)
    assert found.max() > 60


def test_beyond_normal_is_zero_outside_the_lungs():
    inside = INSIDE.copy()
    inside[:, 16:] = 0
    found = beyond_normal(evidence_at(1, 2, 30), NORMAL_VIEW, inside)
    assert not found[:, 16:].any()
    assert found[:, :16].all()
    assert not beyond_normal(evidence_at(1, 2, 30), NORMAL_VIEW, 0 * INSIDE).any()


def test_normal_films_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "normal.npz"
    evidence = {"A": [np.ones((2, 2)), np.zeros((2, 2))], "B": [-np.ones((2, 2))] * 2}
    made = average_normal(evidence, [np.ones((4, 4))] * 2)
    save_normal(made, path)
    found = load_normal(path.read_bytes())
    np.testing.assert_allclose(found.evidence["A"], 0.5)
    np.testing.assert_allclose(found.evidence["B"], -1)
    np.testing.assert_allclose(found.grey, 1)
    assert found.films == 2


def test_occlusion_finds_the_place_that_carries_the_score():
    view = a_view()
    view[8:12, 16:20, 0] = 1

    def scores(views):
        assert len(views) <= 8, "as many views at once as the server has memory for"
        return views[:, 8:12, 16:20, 0].sum((1, 2))

    found = occlusion(view, scores(view[None])[0], scores, NORMAL_VIEW, places=8)
    assert np.unravel_index(found.argmax(), found.shape) == (2, 4)
    assert not occlusion(view, 0.0, lambda views: np.zeros(len(views)), NORMAL_VIEW).any()
    view[..., 1] = 0
    assert not occlusion(view, 9.0, scores, NORMAL_VIEW).any()


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
    assert classifier.normal is not None
    assert classifier.normal.films > 1000


@pytest.mark.slow
def test_no_two_methods_films_or_targets_give_the_same_map(classifier, sample_films):
    found = {}
    for sample in sample_films[8::4]:
        radiograph = sample.open()
        look = classifier.look(radiograph)
        for method in METHODS:
            # the slower methods need not tell every target apart on every film
            first = sample is sample_films[8]
            targets = ["PNEUMONIA", "NORMAL", "virus"] if first else ["PNEUMONIA"]
            for target in targets:
                explanation = classifier.explain(look, method, target)
                assert (explanation.method, explanation.target) == (method, target)
                placed = saliency_on_film(explanation, 96, 96)
                assert np.isfinite(placed).all()
                shown = fit_within(placed / max(placed.max(), 1e-9), 48)
                found[sample.name, method, target] = shown.ravel()
    blank = [case for case, shown in found.items() if not shown.any()]
    assert all(target != "PNEUMONIA" for _, _, target in blank)
    told_apart = sorted(set(found) - set(blank))
    assert len(told_apart) > 2 * len(METHODS)
    for at, one in enumerate(told_apart):
        for other in told_apart[at + 1 :]:
            apart = np.abs(found[one] - found[other]).max() > 0.02
            assert apart, (one, other)


@pytest.mark.parametrize(("method", "index"), [("beyond_normal", 0), ("hires_cam", 8)])
def test_network_is_what_makes_the_map(classifier, sample_films, method, index):
    """With class maps of another film, another map: the method is no edge detector."""
    one, other = (classifier.look(sample_films[index].open()) for index in (index, 12))
    mixed = Look(one.lungs, one.view, other.class_maps, other.logits)
    maps = [locate(method, look, classifier)[0].ravel() for look in (one, mixed)]
    assert np.corrcoef(maps)[0, 1] < 0.95
