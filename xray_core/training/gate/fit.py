"""Fit the quality gate's two guards to described pictures."""

import keras
import numpy as np
from keras import layers
from sklearn.decomposition import PCA

from xray_core.inference.quality_gate import ACCEPTED, KINDS, Gate, grown_share
from xray_core.training.config import GateConfig

MOST_ASKED = 0.5  # share of accepted kinds: a film that rather is one than anything else may pass
SEEN_DIRECTIONS = 48  # main directions of the accepted films that distances are measured along


def fit(
    rows: np.ndarray,
    kinds: np.ndarray,
    held_rows: np.ndarray,
    held_kinds: np.ndarray,
    config: GateConfig,
) -> dict[str, np.ndarray]:
    """Fit the gate.

    Parameters
    ----------
    rows, kinds : (cases, numbers), (cases,)
    held_rows, held_kinds : (films, numbers), (films,)
        Films of other patients; those of an accepted kind set the thresholds.

    Returns
    -------
    dict of float32 arrays, for `xray_core.inference.quality_gate.Gate`
    """
    weights = {"mean": rows.mean(0), "scale": rows.std(0) + 1e-3}
    standard = np.clip((rows - weights["mean"]) / weights["scale"], -8, 8)
    weights |= _fit_network(standard, kinds, config)
    seen = PCA(SEEN_DIRECTIONS, svd_solver="full").fit(standard[kinds < len(ACCEPTED)])
    weights |= {"centre": seen.mean_, "directions": seen.components_.T}
    weights |= {"spread": np.sqrt(seen.explained_variance_), "rest": seen.noise_variance_}
    gate = Gate(weights)
    films = held_rows[held_kinds < len(ACCEPTED)]
    accepted = gate.shares(films)[:, : len(ACCEPTED)].sum(axis=1)
    weights["least"] = min(np.quantile(accepted, config.refused), MOST_ASKED)
    weights["farthest"] = np.quantile(gate.distances(films), 1 - config.farthest) * 1.05
    adults = gate.shares(held_rows[held_kinds == KINDS.index("adult")])
    weights["grown"] = np.quantile(grown_share(adults), 1 - config.warned) if len(adults) else 1
    return {name: np.asarray(value, np.float32) for name, value in weights.items()}


def _fit_network(rows: np.ndarray, kinds: np.ndarray, config: GateConfig) -> dict[str, np.ndarray]:
    """One hidden layer; a kind counts by the root of its cases, between each case and each kind."""
    keras.utils.set_random_seed(config.seed)
    hidden = layers.Dense(config.hidden, "relu", kernel_initializer="he_normal")
    output = layers.Dense(len(KINDS), kernel_initializer="he_normal")
    network = keras.Sequential(
        [layers.GaussianNoise(config.jitter), hidden, layers.Dropout(config.dropout), output]
    )
    counts = np.maximum(np.bincount(kinds, minlength=len(KINDS)), 1)
    balance = np.sqrt(len(kinds) / (len(KINDS) * counts))
    steps = config.epochs * -(-len(rows) // config.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    network.compile(
        keras.optimizers.AdamW(rate, weight_decay=config.weight_decay),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # XLA is slower on a CPU
    )
    network.fit(
        rows,
        kinds,
        batch_size=config.batch_size,
        epochs=config.epochs,
        class_weight=dict(enumerate(balance)),
        verbose=0,
    )
    names = ("hidden", "hidden_bias", "output", "output_bias")
    return dict(zip(names, network.get_weights(), strict=True))


def refuses(weights: dict[str, np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Which rows the gate refuses, bool (films,)."""
    gate = Gate(weights)
    accepted = gate.shares(rows)[:, : len(ACCEPTED)].sum(axis=1)
    return (accepted < weights["least"]) | (gate.distances(rows) > weights["farthest"])


def warns(weights: dict[str, np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Which rows the gate takes for an adult's film, bool (films,)."""
    return grown_share(Gate(weights).shares(rows)) > weights["grown"]
