"""Fit one network to films: augmented batches, class weights, losses by epoch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from xray_core.evaluation.metrics import auc, log_loss
from xray_core.inference.decision import calibrate, log_odds
from xray_core.inference.views import RIM, view_film
from xray_core.training.augment import POSITION, RIMS, random_tone, random_warp, random_wear
from xray_core.training.batches import Seeded, cosine_schedule
from xray_core.training.config import TrainingConfig
from xray_core.training.imagenet import load_weights
from xray_core.training.networks import build_classifier
from xray_core.types import Lungs


@dataclass(frozen=True)
class Example:
    """A film ready for augmentation: uint8 (224, 224), its lungs if needed, its class."""

    film: np.ndarray
    lungs: Lungs | None
    target: int
    patient: str


def render(
    example: Example, config: TrainingConfig, rng: np.random.Generator | None = None
) -> np.ndarray:
    """An example as the network sees it, float32 (size, size, 2); jittered if given a generator."""
    field, size = config.field_of_view, config.image_size
    if rng is None:
        return view_film(example.film, example.lungs, field, size).pixels
    film = random_wear(random_tone(example.film, rng, config.tone), rng)
    warp = random_warp(rng, **POSITION)
    rim = rng.uniform(*RIMS) if field == "lungs" else RIM
    return view_film(film, example.lungs, field, size, warp, rim).pixels


class Batches(Seeded):
    """Augmented batches of views, targets and class weights; each epoch shows every film once."""

    def __init__(
        self, examples: Sequence[Example], weights: np.ndarray, config: TrainingConfig
    ) -> None:
        super().__init__(config.seed, len(examples) // config.batch_size)
        self.examples, self.weights, self.config = examples, weights, config

    def __getitem__(self, step: int) -> tuple[np.ndarray, ...]:
        order = np.random.default_rng([self.seed, self.epoch]).permutation(len(self.examples))
        size = self.config.batch_size
        chosen = [self.examples[i] for i in order[step * size : (step + 1) * size]]
        rng = np.random.default_rng([self.seed, self.epoch, step])
        views = np.stack([render(example, self.config, rng) for example in chosen])
        targets = np.array([example.target for example in chosen])
        return views, np.eye(len(self.weights), dtype=np.float32)[targets], self.weights[targets]


def class_weights(targets: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Weights under which normal and positive films count equally, and so do all positive classes'
    films among themselves.

    Parameters
    ----------
    targets : int, (films,)
    positive : bool, (classes,)

    Returns
    -------
    float32, (classes,), with mean 1 over the films
    """
    counts = np.bincount(targets, minlength=len(positive))
    if not positive.any() or positive.all():
        return np.ones(len(positive), np.float32)
    mass = np.where(positive, counts[positive].sum(), counts[~positive].sum())
    return (len(targets) / 2 / mass).astype(np.float32)


class Validator(keras.callbacks.Callback):
    """After each epoch: loss and AUC on the validation films; the history goes to a file."""

    def __init__(
        self, views: np.ndarray, targets: np.ndarray, positive: np.ndarray, path: Path
    ) -> None:
        super().__init__()
        self.views, self.targets, self.positive, self.path = views, targets, positive, path

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        epochs = []
        if self.path.exists():
            epochs = json.loads(self.path.read_text())["epochs"][:epoch]
        logits = predict(self.model, self.views)
        truth = self.positive[self.targets]
        score = log_odds(logits, self.positive)
        row = {"epoch": epoch + 1, "loss": float(logs["loss"])}
        row["val_loss"] = float(log_loss(truth, calibrate(score, 1.0)))
        row["val_auc"] = float(auc(truth, score))
        self.path.write_text(json.dumps({"epochs": [*epochs, row]}, indent=1) + "\n")
        logs.update({name: row[name] for name in ("val_loss", "val_auc")})


def predict(model: keras.Model, views: np.ndarray, batch_size: int = 64) -> np.ndarray:
    """Logits (n, classes) of views (n, rows, columns, 2)."""
    batches = [views[i : i + batch_size] for i in range(0, len(views), batch_size)]
    return np.concatenate([model.predict_on_batch(batch) for batch in batches])


def fit_network(
    kept: Sequence[Example],
    validation: Sequence[Example],
    config: TrainingConfig,
    folder: Path,
    *,
    weights: np.ndarray,
    positive: np.ndarray,
    imagenet: dict[str, np.ndarray] | None,
    verbose: int,
    history: Path,
) -> keras.Model:
    """Train one network, or take up its training from ``folder``.

    Parameters
    ----------
    weights : float32, (classes,), see `class_weights`
    positive : bool, (classes,)
    imagenet
        See `xray_core.training.imagenet.fetch_weights`.
    history
        Where the losses go.
    """
    model = build_classifier(
        config.architecture,
        config.image_size,
        len(weights),
        stages=config.stages,
        output_stride=config.output_stride,
        dropout=config.dropout,
    )
    if imagenet:
        load_weights(model, imagenet)
    batches = Batches(kept, weights, config)
    steps = config.epochs * len(batches)
    optimizer = keras.optimizers.AdamW(
        cosine_schedule(config.learning_rate, steps),
        weight_decay=config.weight_decay,
        use_ema=True,
        ema_momentum=1 - min(1.0, 8 / steps),  # the last eighth counts
    )
    optimizer.build(model.trainable_variables)  # else its state is not restored
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=config.label_smoothing
    )
    model.compile(optimizer, loss, jit_compile=False)  # XLA is slower on a CPU
    views = np.stack([render(example, config) for example in validation])
    truth = np.array([example.target for example in validation])
    model.fit(
        batches,
        epochs=config.epochs,
        verbose=verbose,
        shuffle=False,  # the batches are random already, and the order must repeat
        callbacks=[
            batches.clock(),
            Validator(views, truth, positive, history),
            keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False),
        ],
    )
    return model
