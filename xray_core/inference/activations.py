"""What a network computes on the way from a view to its answer, read out of its LiteRT file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xray_core.errors import ModelError
from xray_core.inference.model_card import LITERT_FILE, load_card, model_folder, read_model_file
from xray_core.types import View


@dataclass(frozen=True, slots=True, eq=False)
class Activations:
    """One view on its way through a network.

    Attributes
    ----------
    stages : tuple of float32 (rows, columns, channels)
        The last activation at each resolution, in the order of computing; the last of them are the
        features.
    weights : float32, (channels, outputs)
        Of the linear layer behind the features.
    """

    stages: tuple[np.ndarray, ...]
    weights: np.ndarray

    @property
    def features(self) -> np.ndarray:
        return self.stages[-1]

    @property
    def class_maps(self) -> np.ndarray:
        """What each place adds to each logit, float32 (rows, columns, outputs)."""
        return self.features @ self.weights

    @property
    def means(self) -> np.ndarray:
        """Mean of each feature over the places, float32 (channels,): what the weights multiply."""
        return self.features.mean(axis=(0, 1))


def read_activations(name: str, view: View, home: Path | None = None) -> Activations:
    """Run a model on a view and keep what other runs let go.

    Parameters
    ----------
    name
        Of a model folder.
    view
    home
        The folder of model folders that it is in, `models_home` by default.

    Raises
    ------
    ModelError
        There is no such model, or it does not end in one linear layer behind its features.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    card = load_card(name, home)
    interpreter = Interpreter(
        model_content=read_model_file(model_folder(name, home), LITERT_FILE, card.raw),
        # the faster kernels would not keep what lies between the layers
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
        num_threads=2,
    )
    interpreter.allocate_tensors()
    (entry,) = interpreter.get_input_details()
    interpreter.set_tensor(entry["index"], view.pixels[None])
    interpreter.invoke()
    tensors = interpreter.get_tensor_details()
    weights = _weights(interpreter, tensors, name, len(card.outputs))
    last = _last_by_side(tensors)
    # other sizes are those of kernels
    sides = [side for side in last if side < view.side and view.side % side == 0]
    stages = tuple(interpreter.get_tensor(last[side])[0] for side in sides)
    if stages[-1].shape[-1] != len(weights):
        raise _other_kind(name)
    return Activations(stages, weights)


def read_first_kernels(name: str, home: Path | None = None) -> np.ndarray:
    """The kernels that a model lays over a film's grey levels, float32 (kernels, 3, 3).

    Their batch normalisation's scale is in them.

    Raises
    ------
    ModelError
        There is no such model, or it does not begin with 3 by 3 kernels.
    """
    from ai_edge_litert.interpreter import Interpreter

    card = load_card(name, home)
    content = read_model_file(model_folder(name, home), LITERT_FILE, card.raw)
    interpreter = Interpreter(model_content=content, num_threads=1)
    for tensor in interpreter.get_tensor_details():
        if tuple(tensor["shape"][1:]) == (3, 3, 1) and tensor["shape"][0] > 1:
            return interpreter.get_tensor(tensor["index"])[..., 0].astype(np.float32)
    raise ModelError(
        f"The model '{name}' does not begin with kernels of 3 by 3: choose another one."
    )


def _weights(interpreter: Any, tensors: list[Any], name: str, outputs: int) -> np.ndarray:
    """The kernel of the last layer, a convolution of one pixel: (outputs, 1, 1, channels)."""
    kernels = [
        tensor["index"]
        for tensor in tensors
        if tuple(tensor["shape"][:3]) == (outputs, 1, 1) and len(tensor["shape"]) == 4
    ]
    if not kernels:
        raise _other_kind(name)
    return interpreter.get_tensor(kernels[0])[:, 0, 0].T.astype(np.float32)


def _last_by_side(tensors: list[Any]) -> dict[int, int]:
    """Index of the last square activation of each size, in their order; a map has 8 channels."""
    last: dict[int, int] = {}
    for tensor in sorted(tensors, key=lambda tensor: tensor["index"]):
        shape = tuple(tensor["shape"])
        if len(shape) == 4 and shape[0] == 1 and shape[1] == shape[2] > 1 and shape[3] >= 8:
            last[int(shape[1])] = tensor["index"]
    return dict(sorted(last.items(), key=lambda item: item[1]))


def _other_kind(name: str) -> ModelError:
    return ModelError(
        f"The model '{name}' does not end in one linear layer behind its features: choose another "
        "model to see its steps."
    )
