"""Tests of `xray_core.saliency`."""

from types import SimpleNamespace

import numpy as np
import pytest

from xray_core.inference.decision import log_odds
from xray_core.saliency.grad_cam import evidence_map, grad_cam
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.registry import NOTABLE, locate, smooth_evidence
from xray_core.types import Box, Explanation, Look

OPACITY = np.array([1, 0, 0])
VIRUS = np.array([0, -1, 1])


def test_grad_cam_by_hand():
    activations = np.array([[[1, 0], [0, 2]]], np.float32)
    gradients = np.array([[[2, -1], [4, -3]]], np.float32)
    np.testing.assert_allclose(grad_cam(activations, gradients).saliency, [[3, 0]])


def test_grad_cam_is_zero_without_positive_evidence():
    activations = np.ones((2, 2, 3), np.float32)
    assert not grad_cam(activations, -activations).saliency.any()


def test_grad_cam_step_by_step_by_hand():
    activations = np.array([[[1, 2, 0], [3, 0, 0]]], np.float32)
    gradients = np.array([[[1, -4, 9], [3, 0, 9]]], np.float32)
    found = grad_cam(activations, gradients)
    np.testing.assert_allclose(found.weights, [2, -2, 9])
    np.testing.assert_allclose(found.weighted_sum, [[-2, 6]])
    np.testing.assert_allclose(found.saliency, [[0, 6]])
    # they add 2 * 2, -2 * 1 and 9 * 0 to the mean
    assert found.strongest(3) == [0, 1, 2]


def parts_of_a_small_network(signs):
    """A network's features, class maps and logits for a random view; a target's gradients."""
    import keras
    import tensorflow as tf

    from xray_core.saliency.gradients import log_odds as differentiable
    from xray_core.training.networks import build_classifier

    keras.utils.set_random_seed(0)
    model = build_classifier("small_cnn", 64, 3, stages=0, dropout=0.2)
    names = ("features", "class_maps", "logits")
    parts = keras.Model(model.input, {name: model.get_layer(name).output for name in names})
    view = np.random.default_rng(0).normal(0, 1, (1, 64, 64, 2)).astype(np.float32)
    found = parts(view)
    features = tf.Variable(found["features"])
    with tf.GradientTape() as tape:
        logits = tf.reduce_mean(model.get_layer("class_maps")(features), axis=(1, 2))
        odds = differentiable(logits, tuple(signs.tolist()))
    gradients = tape.gradient(odds, features).numpy()[0]
    np.testing.assert_allclose(logits, found["logits"], atol=1e-5)
    return {name: part.numpy()[0] for name, part in found.items()}, gradients


@pytest.mark.parametrize("signs", [OPACITY, -OPACITY, VIRUS])
def test_grad_cam_hires_cam_and_the_class_map_are_one_up_to_the_number_of_places(signs):
    found, gradients = parts_of_a_small_network(signs)
    places = gradients.shape[0] * gradients.shape[1]
    evidence = evidence_map(found["class_maps"], found["logits"], signs)
    assert evidence.any()
    grad = places * grad_cam(found["features"], gradients).saliency
    np.testing.assert_allclose(evidence, grad, atol=1e-5)
    hires = places * np.maximum((found["features"] * gradients).sum(-1), 0)
    np.testing.assert_allclose(evidence, hires, atol=1e-5)


def test_the_maps_of_an_opacity_add_up_to_the_log_odds():
    class_maps = np.random.default_rng(1).normal(9, 1, (4, 4, 3)).astype(np.float32)
    logits = class_maps.mean((0, 1))
    found = evidence_map(class_maps, logits, OPACITY)
    assert found.mean() == pytest.approx(log_odds(logits[None], OPACITY)[0], rel=1e-5)


def test_the_class_map_is_smoothed_before_what_is_not_notable_fades_out():
    class_maps = np.full((20, 20, 3), -1.0, np.float32)
    class_maps[10, 10, 0] = 100
    class_maps[3, 3, 0] = 1  # one place among others that speak against
    logits = class_maps.mean((0, 1))
    look = Look(None, None, class_maps, logits)
    network = SimpleNamespace(targets={"PNEUMONIA": OPACITY})
    found, name = locate("hires_cam", look, network)
    assert name == "hires_cam"
    assert found.argmax() == 10 * 20 + 10
    assert 0 < found[0, 0] < found[3, 3] < 0.01  # every place has a rank
    smooth = smooth_evidence(look, network, "PNEUMONIA")
    assert smooth.sum() == pytest.approx(class_maps[..., 0].sum(), abs=1e-3)
    assert 1 < (smooth > 2 * NOTABLE).sum() < 25
    strong = smooth > 2 * NOTABLE
    np.testing.assert_allclose(found[strong], smooth[strong] - NOTABLE, atol=1e-3)


def test_evidence_map_changes_with_the_target():
    class_maps = np.random.default_rng(2).normal(0, 1, (4, 4, 3)).astype(np.float32)
    logits = class_maps.mean((0, 1))
    found = [evidence_map(class_maps, logits, signs) for signs in (OPACITY, -OPACITY, VIRUS)]
    assert not np.allclose(found[0], found[1])
    assert not np.allclose(found[0], found[2])


def test_saliency_on_film_lies_where_the_view_lies():
    saliency = np.zeros((4, 4), np.float32)
    saliency[0, 3] = 1
    box = Box(0.5, 0.25, 0.9, 0.75)
    placed = saliency_on_film(Explanation(saliency, box, "grad_cam"), 200, 100)
    assert placed.shape == (200, 100)
    row, column = np.unravel_index(placed.argmax(), placed.shape)
    assert 0.8 * 100 <= column < 0.9 * 100
    assert 0.25 * 200 <= row < 0.375 * 200
    assert not placed[:, :50].any()
    assert not placed[:50].any()
    assert not placed[150:].any()


def test_saliency_on_film_of_a_view_beyond_the_edge():
    box = Box(-0.5, -0.5, 1.5, 1.5)
    saliency = np.arange(4, dtype=np.float32).reshape(2, 2)
    placed = saliency_on_film(Explanation(saliency, box, "grad_cam"), 40, 40)
    assert placed[0, 0] < placed[0, -1] < placed[-1, 0] < placed[-1, -1]
    # a quarter of the view's side from its edge is the centre of its corner's place
    assert placed[0, 0] == pytest.approx(0, abs=0.1)
    assert placed[-1, -1] == pytest.approx(3, abs=0.1)
