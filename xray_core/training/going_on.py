"""Go on from a trained model: its networks, its history, and what the card says of it."""

import json
from pathlib import Path
from typing import Any

import keras

from xray_core.errors import UsageError
from xray_core.inference.model_card import KERAS_FILE
from xray_core.training.config import TrainingConfig
from xray_core.training.export import sha256
from xray_core.training.fitting import build_network
from xray_core.training.networks import part_networks


def start_networks(config: TrainingConfig, outputs: int) -> list[keras.Model]:
    """The networks of the model folder that is gone on from."""
    try:
        joined = keras.saving.load_model(Path(config.start) / KERAS_FILE, safe_mode=True)
        parts = [build_network(config, outputs) for _ in range(config.networks)]
        part_networks(joined, parts)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"Expected {config.start} to hold a {KERAS_FILE} of {config.networks} networks of "
            f"{outputs} outputs and these settings ({error}): name another model folder."
        ) from error
    return parts


def epochs_before(config: TrainingConfig) -> list[dict[str, float]]:
    """The history of the model folder that is gone on from, where it has one."""
    path = Path(config.start, "history.json")
    if not config.start or not path.exists():
        return []
    epochs: list[dict[str, float]] = json.loads(path.read_text())["epochs"]
    return epochs


def went_before(config: TrainingConfig) -> dict[str, Any] | None:
    """Which network was gone on from, by its hash, and with what settings it was trained."""
    if not config.start:
        return None
    folder = Path(config.start)
    card = json.loads((folder / "card.json").read_text())
    return {"network": sha256(folder / KERAS_FILE), "config": card["training"]["config"]}
