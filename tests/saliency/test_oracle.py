"""Our Grad-CAM and Grad-CAM++ against an independent implementation, tf-keras-vis."""

import warnings

import numpy as np
import pytest

from xray_core.saliency.grad_cam import evidence_map, grad_cam
from xray_core.saliency.grad_cam_plus_plus import grad_cam_plus_plus

PNEUMONIA = 1
LAYER = "features"


@pytest.fixture(scope="module")
def network():
    """A small two-class network, and a view with lungs everywhere."""
    import keras

    from xray_core.training.networks import build_classifier

    keras.utils.set_random_seed(3)
    model = build_classifier("small_cnn", 64, 2, stages=0, dropout=0.0)
    kernel = np.random.default_rng(1).normal([[[[-0.1, 0.1]]]], 0.3, (1, 1, 128, 2))
    model.get_layer("class_maps").set_weights([kernel])
    view = np.ones((1, 64, 64, 2), np.float32)
    view[..., 0] = np.random.default_rng(0).normal(0, 1, (1, 64, 64))
    return model, view


def activations_and_gradients(model, view):
    """At the last activation, of the logit of pneumonia."""
    import keras
    import tensorflow as tf

    parts = keras.Model(model.input, [model.get_layer(LAYER).output, model.output])
    with tf.GradientTape() as tape:
        activations, logits = parts(view)
        score = logits[:, PNEUMONIA]
    gradients = tape.gradient(score, activations)
    return activations.numpy()[0], gradients.numpy()[0]


def by_oracle(name, model, view):
    """The oracle's map at the layer's own resolution, not rescaled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tf_keras_vis import gradcam, gradcam_plus_plus

        method = {"grad_cam": gradcam.Gradcam, "plus_plus": gradcam_plus_plus.GradcamPlusPlus}
        explain = method[name](model, clone=False)
        found = explain(
            lambda logits: logits[:, PNEUMONIA],
            view,
            penultimate_layer=LAYER,
            seek_penultimate_conv_layer=False,
            expand_cam=False,
            normalize_cam=False,
        )
    return np.asarray(found)[0]


def agree(ours, theirs, tolerance=2e-4):
    assert theirs.shape == ours.shape
    assert ours.max() > 0
    np.testing.assert_allclose(ours / ours.max(), theirs / theirs.max(), atol=tolerance)


def test_grad_cam_agrees_with_the_oracle(network):
    agree(grad_cam(*activations_and_gradients(*network)).saliency, by_oracle("grad_cam", *network))


def test_grad_cam_plus_plus_agrees_with_the_oracle(network):
    ours = grad_cam_plus_plus(*activations_and_gradients(*network))
    # the oracle also makes the alphas of each channel sum to 1, which the paper does not
    agree(ours, by_oracle("plus_plus", *network), tolerance=5e-3)


def test_closed_form_agrees_with_the_oracle(network):
    """The CAM identity: no backward pass gives what the oracle's gives.

    The log-odds of two classes are the difference of their logits, so the oracle is asked for that.
    """
    import keras

    model, view = network
    names = ("class_maps", "logits")
    parts = keras.Model(model.input, {name: model.get_layer(name).output for name in names})(view)
    maps, logits = (parts[name].numpy()[0] for name in names)
    ours = evidence_map(maps, logits, np.array([-1, 1]))
    odds = keras.layers.Lambda(lambda x: x * [[-1.0, 1.0]])(model.output)
    agree(ours, by_oracle("grad_cam", keras.Model(model.input, keras.ops.cumsum(odds, 1)), view))
