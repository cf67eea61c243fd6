"""Methods that need gradients: they load the Keras network, once, when first asked for."""

import tempfile
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from xray_core.inference.model_card import KERAS_FILE, load_card, model_folder, read_model_file
from xray_core.saliency.beyond_normal import replacement
from xray_core.saliency.grad_cam import grad_cam as _grad_cam
from xray_core.saliency.grad_cam_plus_plus import grad_cam_plus_plus as _grad_cam_plus_plus
from xray_core.saliency.integrated_gradients import integrated_gradients as _integrate
from xray_core.saliency.layer_cam import layer_cam as _layer_cam
from xray_core.types import Look, Network

LAST_LAYER = "features"
EARLIER_LAYERS = ("blocks.4.add", "pool1")  # stride 8 in the two architectures


def grad_cam(look: Look, classifier: Network, target: str) -> np.ndarray:
    """Grad-CAM at the last layer; every method here is a `Method.run`."""
    return _grad_cam(*_at(LAST_LAYER, look, classifier, target))


def grad_cam_plus_plus(look: Look, classifier: Network, target: str) -> np.ndarray:
    return _grad_cam_plus_plus(*_at(LAST_LAYER, look, classifier, target))


def layer_cam(look: Look, classifier: Network, target: str) -> np.ndarray:
    layers = _network(classifier).layers
    (layer,) = (name for name in EARLIER_LAYERS if name in layers)
    return _layer_cam(*_at(layer, look, classifier, target))


def integrated_gradients(look: Look, classifier: Network, target: str) -> np.ndarray:
    view = look.view
    baseline = np.stack([replacement(classifier) * view.inside, view.inside], -1)
    gradient = partial(_network(classifier).gradient, target=classifier.targets[target])
    attribution = _integrate(view.pixels, baseline, gradient)[..., 0]
    return np.maximum(cv2.GaussianBlur(attribution, (0, 0), len(attribution) / 32), 0)


def _at(layer: str, look: Look, classifier: Network, target: str) -> tuple[np.ndarray, np.ndarray]:
    mask = classifier.targets[target]
    return _network(classifier).at(layer, look.view.pixels, mask)


def load_shuffled(classifier: Network, seed: int) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Load the network with every kernel's weights shuffled.

    Returns
    -------
    callable
        From a view's pixels to its ``class_maps`` and ``logits``, as a Look has them.
    """
    import keras

    model = KerasNetwork(classifier.name).model
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if len(weight.shape) > 1:
            weight.assign(rng.permutation(weight.numpy().ravel()).reshape(weight.shape))
    names = ("class_maps", "logits")
    parts = keras.Model(model.input, {name: model.get_layer(name).output for name in names})
    return lambda view: {name: part.numpy()[0] for name, part in parts(view[None]).items()}


def _network(classifier: Network) -> "KerasNetwork":
    return _load(classifier.name, classifier.card.raw["files"][KERAS_FILE])


@lru_cache(maxsize=2)
def _load(name: str, digest: str) -> "KerasNetwork":
    return KerasNetwork(name)


class KerasNetwork:
    """A classifier's Keras network with gradients of the log-odds of some of its classes."""

    def __init__(self, name: str) -> None:
        import keras

        folder = model_folder(name)
        content = read_model_file(folder, KERAS_FILE, load_card(name).raw)
        with tempfile.TemporaryDirectory() as private:  # Keras reads files: the bytes just checked
            file = Path(private, KERAS_FILE)
            file.write_bytes(content)
            model = keras.saving.load_model(file, safe_mode=True)
        self.model = keras.Model(model.inputs[0], model.get_layer("logits").output)
        self.layers = {layer.name for layer in model.layers}

    def at(self, layer: str, view: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Activations and gradients, float32 (rows, columns, channels), of a layer."""
        activations, gradients = self._differentiate(layer, tuple(target))(view[None])
        return activations.numpy()[0], gradients.numpy()[0]

    def gradient(self, views: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Gradient of the log-odds at each of several views, float32 of their shape."""
        return self._differentiate(None, tuple(target))(views)[1].numpy()

    @lru_cache  # noqa: B019 - networks are few and live as long as the process
    def _differentiate(self, layer: str | None, target: tuple[int, ...]) -> Any:
        """The function from views to a layer's activations, or the views, and their gradients."""
        import keras
        import tensorflow as tf

        place = self.model.get_layer(layer).output if layer else self.model.input
        model = keras.Model(self.model.input, [place, self.model.output])

        @tf.function(reduce_retracing=True)
        def run(views: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(views)
                activations, logits = model(views)
                odds = log_odds(logits, target)
            return activations, tape.gradient(odds, activations)

        return run


def log_odds(logits: Any, target: tuple[int, ...]) -> Any:
    """Log-odds of a target, (films,), as a tensor that knows its gradient.

    Parameters
    ----------
    logits : (films, outputs)
    target
        The sign of each output, see `xray_core.saliency.targets`.
    """
    import tensorflow as tf

    odds = tf.zeros_like(logits[:, 0])
    for sign in set(target) - {0}:
        group = [index for index, each in enumerate(target) if each == sign]
        odds += sign * tf.reduce_logsumexp(tf.gather(logits, group, axis=1), axis=1)
    return odds
