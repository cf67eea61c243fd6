"""Write a trained network to its model folder, in the two forms it is used in."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from xray_core.inference.model_card import KERAS_FILE, LITERT_FILE


def export_model(model: keras.Model, folder: str | Path, card: dict[str, Any]) -> None:
    """Write ``model.keras``, ``model.tflite`` and ``card.json``.

    Kernels are rounded to half precision first: the LiteRT file stores them so, both files then
    hold the same network, and the archive packs to little more than half its size.

    Parameters
    ----------
    model
        With one input; a dictionary of outputs gives the LiteRT file's outputs their names.
    folder
        Made if absent.
    card
        Gets the SHA-256 of both files under ``files``, and `describe_layers` under ``layers``.
    """
    card["layers"] = describe_layers(model)
    model = keras.Model(model.input, model.output)  # leaves the optimizer's state behind
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for weight in model.weights:
        if len(weight.shape) > 1:
            weight.assign(weight.numpy().astype(np.float16).astype(np.float32))
    model.save(folder / KERAS_FILE)
    _pack(folder / KERAS_FILE)
    if keras.backend.backend() == "tensorflow":
        convert(folder)
    else:  # a training may run on JAX or PyTorch, but only TensorFlow can write the LiteRT file
        code = "import sys; from xray_core.training.export import convert; convert(sys.argv[1])"
        environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
        subprocess.run([sys.executable, "-c", code, str(folder)], env=environment, check=True)
    card["files"] = {name: sha256(folder / name) for name in (KERAS_FILE, LITERT_FILE)}
    write_card(card, folder)


def write_card(card: dict[str, Any], folder: Path) -> None:
    """Write a model folder's ``card.json``."""
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n")


def describe_layers(model: keras.Model) -> list[dict[str, Any]]:
    """What a classifier is made of, for people: its convolutions with what follows each.

    Returns
    -------
    list of dict
        In the order of computing: ``name``; ``does``, in words; the ``shape`` (rows, columns,
        channels) that is handed on; ``parameters``; and ``times``, how many of it stand side by
        side: of several networks the first is described.
    """
    names = [layer.name for layer in model.layers]
    networks = len({name[0] for name in names if name[1:2] == "."})
    found: list[dict[str, Any]] = []
    for layer in model.layers:
        number, name = (
            (layer.name[0], layer.name[2:]) if layer.name[1:2] == "." else ("", layer.name)
        )
        if number not in ("", "0") or type(layer) not in _WORDS:
            continue
        block = re.match(r"blocks\.\d+", name)
        title = block[0] if block else name
        follows = isinstance(layer, layers.BatchNormalization | layers.ReLU | layers.MaxPooling2D)
        if not found or (title != found[-1]["name"] and not (follows and not block)):
            found.append({"name": title, "does": [], "parameters": 0, "times": 1})
        found[-1]["does"].append(_WORDS[type(layer)](layer))
        found[-1]["parameters"] += layer.count_params()
        found[-1]["shape"] = [int(side) for side in layer.output.shape[1:]]
        found[-1]["times"] = networks if number else 1
    return [{**each, "does": ", ".join(filter(None, each["does"]))} for each in found]


def _size(layer: Any) -> str:
    stride = f" in steps of {layer.strides[0]}" if layer.strides[0] > 1 else ""
    return f"{layer.kernel_size[0]} × {layer.kernel_size[1]}{stride}"


_WORDS: dict[type[layers.Layer], Callable[[Any], str]] = {
    layers.Conv2D: _size,
    layers.DepthwiseConv2D: lambda layer: f"{_size(layer)} channel by channel",
    layers.BatchNormalization: lambda _: "",  # stands behind every convolution
    layers.ReLU: lambda _: "ReLU",
    layers.MaxPooling2D: lambda _: "pooling 2 × 2",
    layers.Add: lambda _: "plus what came in",
    layers.Concatenate: lambda _: "side by side",
    layers.GlobalAveragePooling2D: lambda _: "mean over the places",
}


def convert(folder: str | Path) -> None:
    """Write a model folder's ``model.tflite`` from its ``model.keras``; TensorFlow's Keras only."""
    import tensorflow as tf

    folder = Path(folder)
    model = keras.saving.load_model(folder / KERAS_FILE, compile=False, safe_mode=True)
    shape = (1, *model.inputs[0].shape[1:])
    model.export(
        folder / LITERT_FILE,
        format="litert",
        verbose=False,
        input_signature=[keras.InputSpec(shape=shape, dtype="float32", name="input")],
        optimizations=[tf.lite.Optimize.DEFAULT],
        target_spec={"supported_types": [tf.float16]},
    )


def sha256(path: str | Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(path: Path) -> None:
    """Deflate a ``.keras`` archive, which Keras leaves uncompressed; it still loads as it is."""
    with zipfile.ZipFile(path) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for info, content in parts.items():
            archive.writestr(info.filename, content)
