"""Write a trained network to its model folder, in the two forms it is used in."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

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
        Gets the SHA-256 of both files under ``files``.
    """
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
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n")


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
