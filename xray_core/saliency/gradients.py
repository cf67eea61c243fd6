"""Methods that need gradients: they load the Keras network, once, when first asked for."""

from functools import lru_cache, partial

import cv2
import numpy as np

from xray_core.saliency.grad_cam import grad_cam as _grad_cam
from xray_core.saliency.grad_cam_plus_plus import grad_cam_plus_plus as _grad_cam_plus_plus
from xray_core.saliency.integrated_gradients import integrated_gradients as _integrate
from xray_core.saliency.layer_cam import layer_cam as _layer_cam

LAST_LAYER = "features"
EARLIER_LAYERS = ("blocks.4.add", "pool1")  # stride 8 in the two architectures


def grad_cam(look, classifier, target):
    """Grad-CAM at the last layer.

    Every method here takes a Look and the classes that are explained, bool (classes,), and gives a
    map over the view.
    """
    return _grad_cam(*_network(classifier).at(LAST_LAYER, look.view, target))


def grad_cam_plus_plus(look, classifier, target):
    return _grad_cam_plus_plus(*_network(classifier).at(LAST_LAYER, look.view, target))


def layer_cam(look, classifier, target):
    network = _network(classifier)
    (layer,) = (name for name in EARLIER_LAYERS if name in network.layers)
    return _layer_cam(*network.at(layer, look.view, target))


def integrated_gradients(look, classifier, target):
    from xray_core.saliency.registry import replacement

    baseline = np.stack([replacement(classifier) * look.view[..., 1], look.view[..., 1]], -1)
    gradient = partial(_network(classifier).gradient, target=target)
    attribution = _integrate(look.view, baseline, gradient)[..., 0]
    return np.maximum(cv2.GaussianBlur(attribution, (0, 0), len(attribution) / 32), 0)


def load_shuffled(classifier, seed):
    """Load the network with every kernel's weights shuffled.

    Returns
    -------
    callable
        From a view to its ``class_maps`` and ``logits``, as a Look has them.
    """
    import keras

    model = Network(classifier.name).model
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if len(weight.shape) > 1:
            weight.assign(rng.permutation(weight.numpy().ravel()).reshape(weight.shape))
    names = ("class_maps", "logits")
    parts = keras.Model(model.input, {name: model.get_layer(name).output for name in names})
    return lambda view: {name: part.numpy()[0] for name, part in parts(view[None]).items()}


def _network(classifier):
    return _load(classifier.name, classifier.network_hash)


@lru_cache(maxsize=2)
def _load(name, version):
    return Network(name)


class Network:
    """A classifier's Keras network with gradients of the log-odds of some of its classes."""

    def __init__(self, name):
        import keras

        from xray_core.inference.model_card import (
            KERAS_FILE,
            load_card,
            model_folder,
            read_model_file,
        )

        folder = model_folder(name)
        read_model_file(folder, KERAS_FILE, load_card(name).raw)  # checks the hash
        model = keras.saving.load_model(folder / KERAS_FILE, safe_mode=True)
        self.model = keras.Model(model.inputs[0], model.get_layer("logits").output)
        self.layers = {layer.name for layer in model.layers}

    def at(self, layer, view, target):
        """Activations and gradients, float32 (rows, columns, channels), of a layer."""
        found = self._gradients_at(layer)(view[None], target)
        return tuple(part.numpy()[0] for part in found)

    @lru_cache  # noqa: B019 - networks are few and live as long as the process
    def _gradients_at(self, layer):
        import keras
        import tensorflow as tf

        outputs = [self.model.get_layer(layer).output, self.model.output]
        model = keras.Model(self.model.input, outputs)

        @tf.function(reduce_retracing=True)
        def run(view, target):
            with tf.GradientTape() as tape:
                activations, logits = model(view)
                odds = log_odds(logits, target)
            return activations, tape.gradient(odds, activations)

        return run

    def gradient(self, views, target):
        """Gradient of the log-odds at each of several views, float32 of their shape."""
        return self._gradients()(views, target).numpy()

    @lru_cache  # noqa: B019
    def _gradients(self):
        import tensorflow as tf

        @tf.function(reduce_retracing=True)
        def run(views, target):
            with tf.GradientTape() as tape:
                tape.watch(views)
                odds = log_odds(self.model(views), target)
            return tape.gradient(odds, views)

        return run


def log_odds(logits, target):
    """Log-odds of some classes together, (films,), as a tensor that knows its gradient.

    Parameters
    ----------
    logits : (films, classes)
    target : bool, (classes,)
    """
    import tensorflow as tf

    nothing = tf.constant(-np.inf, logits.dtype)
    for_it, against = (
        tf.reduce_logsumexp(tf.where(side, logits, nothing), axis=1)
        for side in (target, tf.logical_not(target))
    )
    return for_it - against
