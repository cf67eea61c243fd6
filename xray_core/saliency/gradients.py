"""Methods that need gradients, in a process of its own: TensorFlow never leaves what it enters.

``python -m xray_core.saliency.gradients`` is that process. It loads a Keras network when it is
first asked for one, and ends when nobody has asked for a while.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from xray_core.apart import HelperLostError, Helpers, Message, Words, serve
from xray_core.errors import ModelError, UsageError
from xray_core.extras import require
from xray_core.inference.model_card import KERAS_FILE, load_card, model_folder, read_model_file
from xray_core.saliency.beyond_normal import replacement
from xray_core.saliency.grad_cam import GradCam, grad_cam
from xray_core.saliency.grad_cam_plus_plus import grad_cam_plus_plus
from xray_core.saliency.integrated_gradients import integrated_gradients as integrate
from xray_core.saliency.layer_cam import layer_cam
from xray_core.types import Look, Network

LAST_LAYER = "features"
# ends of the names at stride 8 in the two architectures; a network of several has one of each
EARLIER_LAYERS = ("blocks.4.add", "pool1")
PATIENCE = 120
"""Seconds for one map, and for the maps of others before it; the first loads TensorFlow."""
IDLE = 60
"""Seconds after which the process and its 700 MB are let go."""

helpers = Helpers(__spec__.name, 1, PATIENCE, IDLE)


def by_gradients(method: str, look: Look, classifier: Network, target: str) -> np.ndarray:
    """Ask the process for one of METHODS, such as a map over the view; then a `Method.run`.

    Raises
    ------
    MissingPackageError
        TensorFlow is not installed.
    ModelError
        The Keras file is missing or not the one on the model's card.
    UsageError
        The process took too long, or has died; asked again, another takes its place.
    """
    require("keras")
    words = {
        "method": method,
        "model": classifier.name,
        "home": str(classifier.card.home or ""),
        "digest": classifier.card.raw["files"][KERAS_FILE],
        "target": classifier.targets[target].tolist(),
        "side": look.view.side,
    }
    view, normal = look.view.pixels, replacement(classifier)
    data = np.concatenate([view.ravel(), normal.ravel()]).astype(np.float32).tobytes()
    try:
        answer, content = helpers.ask(words, data, PATIENCE)
    except (TimeoutError, HelperLostError) as error:
        raise UsageError(
            f"Expected the map within {PATIENCE} s, but this machine has too much to do or too "
            "little memory for it: try again, or choose a method that needs no gradients."
        ) from error
    if "error" in answer:
        raise ModelError(answer["error"])
    if "bug" in answer:
        raise RuntimeError(answer["bug"])
    return np.frombuffer(content, np.float32).reshape(answer["shape"])


def _answer(words: Words, data: bytes) -> Message:
    side = words["side"]
    values = np.frombuffer(data, np.float32)
    view, normal = np.split(values, [side * side * 2])
    try:
        network = _load(words["model"], words["digest"], words["home"])
        found = METHODS[words["method"]](
            network, view.reshape(side, side, 2), normal.reshape(side, side), words["target"]
        )
    except ModelError as error:
        return {"error": str(error)}, b""
    except Exception:
        import traceback

        return {"bug": traceback.format_exc()}, b""
    return {"shape": found.shape}, np.ascontiguousarray(found, np.float32).data


def read_grad_cam(layer: str, look: Look, classifier: Network, target: str) -> GradCam:
    """Grad-CAM of a target at a layer, 'last' or 'earlier'; errors as of `by_gradients`."""
    return grad_cam(*by_gradients(layer, look, classifier, target))


def _last(
    network: "KerasNetwork", view: np.ndarray, _: np.ndarray, target: list[int]
) -> np.ndarray:
    """Activations and gradients at the last layer, float32 (2, rows, columns, channels)."""
    return np.stack(network.at(LAST_LAYER, view, target))


def _earlier(
    network: "KerasNetwork", view: np.ndarray, _: np.ndarray, target: list[int]
) -> np.ndarray:
    """The same at an earlier layer; of several networks side by side their channels together."""
    at = [
        network.at(name, view, target) for name in network.layers if name.endswith(EARLIER_LAYERS)
    ]
    return np.stack([np.concatenate(each, -1) for each in zip(*at, strict=True)])


def _grad_cam_plus_plus(*asked: Any) -> np.ndarray:
    return grad_cam_plus_plus(*_last(*asked))


def _layer_cam(*asked: Any) -> np.ndarray:
    return layer_cam(*_earlier(*asked))


def _integrated_gradients(
    network: "KerasNetwork", view: np.ndarray, normal: np.ndarray, target: list[int]
) -> np.ndarray:
    inside = view[..., 1]
    baseline = np.stack([normal * inside, inside], -1)
    attribution = integrate(view, baseline, partial(network.gradient, target=target))[..., 0]
    return np.maximum(cv2.GaussianBlur(attribution, (0, 0), len(attribution) / 32), 0)


METHODS = {
    "last": _last,
    "earlier": _earlier,
    "grad_cam_plus_plus": _grad_cam_plus_plus,
    "layer_cam": _layer_cam,
    "integrated_gradients": _integrated_gradients,
}
"""What the process does, from a view, what stands for normal lung, and a target's signs."""


@lru_cache(maxsize=2)
def _load(name: str, digest: str, home: str) -> "KerasNetwork":
    return KerasNetwork(name, Path(home) if home else None)


class KerasNetwork:
    """A classifier's Keras network with gradients of the log-odds of some of its classes."""

    def __init__(self, name: str, home: Path | None = None) -> None:
        import keras

        folder = model_folder(name, home)
        content = read_model_file(folder, KERAS_FILE, load_card(name, home).raw)
        with tempfile.TemporaryDirectory() as private:  # Keras reads files: the bytes just checked
            file = Path(private, KERAS_FILE)
            file.write_bytes(content)
            model = keras.saving.load_model(file, safe_mode=True)
        self.model = keras.Model(model.inputs[0], model.get_layer("logits").output)
        self.layers = [layer.name for layer in model.layers]

    def at(
        self, layer: str, view: np.ndarray, target: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Activations and gradients, float32 (rows, columns, channels), of a layer."""
        activations, gradients = self._differentiate(layer, tuple(target))(view[None])
        return activations.numpy()[0], gradients.numpy()[0]

    def gradient(self, views: np.ndarray, target: Sequence[int]) -> np.ndarray:
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


class ShuffledNetwork:
    """A classifier's Keras network, loaded once, whose last kernels can be shuffled anew."""

    def __init__(self, name: str) -> None:
        import keras
        import tensorflow as tf

        model = KerasNetwork(name).model
        names = ("class_maps", "logits")
        parts = {name: model.get_layer(name).output for name in names}
        self._parts = tf.function(keras.Model(model.input, parts))
        self._kernels = [weight for weight in model.weights if len(weight.shape) > 1]
        self._trained = [kernel.numpy() for kernel in self._kernels]

    def shuffle(self, seed: int, share: float = 1.0) -> None:
        """Shuffle so much of the trained kernels, counted from the answer backwards; at least one.

        The others get their trained weights back.
        """
        rng = np.random.default_rng(seed)
        kept = len(self._kernels) - max(1, round(share * len(self._kernels)))
        for at, (kernel, trained) in enumerate(zip(self._kernels, self._trained, strict=True)):
            shuffled = at >= kept
            kernel.assign(rng.permuted(trained, axis=None) if shuffled else trained)

    def look_again(self, look: Look) -> Look:
        """What the network as it is now says to the same view."""
        parts = self._parts(look.view.pixels[None])
        class_maps, logits = (parts[name].numpy()[0] for name in ("class_maps", "logits"))
        return replace(look, class_maps=class_maps, logits=logits)


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


if __name__ == "__main__":
    serve(_answer)
