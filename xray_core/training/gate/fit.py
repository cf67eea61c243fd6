"""Fit the quality gate's two guards to described pictures, in NumPy."""

import numpy as np

from xray_core.inference.quality_gate import ACCEPTED, KINDS, Gate, grown_share

SEEN_DIRECTIONS = 48  # main directions of the accepted films that distances are measured along


def fit(rows, kinds, held_rows, held_kinds, config):
    """Fit the gate.

    Parameters
    ----------
    rows, kinds : (cases, numbers), (cases,)
    held_rows, held_kinds : (films, numbers), (films,)
        Films of other patients; those of an accepted kind set the thresholds.
    config : GateConfig

    Returns
    -------
    dict of str to float32 array, for `xray_core.inference.quality_gate.Gate`
    """
    rng = np.random.default_rng(config.seed)
    weights = {"mean": rows.mean(0), "scale": rows.std(0) + 1e-3}
    standard = np.clip((rows - weights["mean"]) / weights["scale"], -8, 8)
    weights |= _fit_network(standard, kinds, config, rng)
    good = standard[kinds < len(ACCEPTED)]
    weights["centre"] = good.mean(0)
    _, lengths, directions = np.linalg.svd(good - weights["centre"], full_matrices=False)
    variances = np.square(lengths) / len(good)
    weights["directions"] = directions[:SEEN_DIRECTIONS].T
    weights["spread"] = np.sqrt(variances[:SEEN_DIRECTIONS])
    weights["rest"] = variances[SEEN_DIRECTIONS:].mean()
    gate = Gate(weights)
    films = held_rows[held_kinds < len(ACCEPTED)]
    accepted = gate.shares(films)[:, : len(ACCEPTED)].sum(axis=1)
    weights["least"] = min(np.quantile(accepted, config.refused), 0.9)
    weights["farthest"] = np.quantile(gate.distances(films), 1 - config.farthest) * 1.05
    adults = gate.shares(held_rows[held_kinds == KINDS.index("adult")])
    weights["grown"] = np.quantile(grown_share(adults), 1 - config.warned) if len(adults) else 1
    return {name: np.asarray(value, np.float32) for name, value in weights.items()}


def _fit_network(rows, kinds, config, rng):
    """One hidden layer, Adam, cross-entropy with equal weight for each kind."""
    numbers, outputs = rows.shape[1], len(KINDS)
    sizes = {"hidden": (numbers, config.hidden), "output": (config.hidden, outputs)}
    weights = {name: rng.normal(0, np.sqrt(2 / size[0]), size) for name, size in sizes.items()}
    weights |= {f"{name}_bias": np.zeros(size[1]) for name, size in sizes.items()}
    first, second = ({name: np.zeros_like(w) for name, w in weights.items()} for _ in range(2))
    counts = np.bincount(kinds, minlength=outputs)
    balance = (len(kinds) / (outputs * np.maximum(counts, 1)))[kinds]
    balance = np.sqrt(balance)
    steps = config.epochs * (len(rows) // config.batch_size)
    for step in range(1, steps + 1):
        picked = rng.integers(len(rows), size=config.batch_size)
        x = rows[picked] + rng.normal(0, config.jitter, (config.batch_size, numbers))
        hidden = np.maximum(x @ weights["hidden"] + weights["hidden_bias"], 0)
        kept = (rng.random(hidden.shape) > 0.2) / 0.8
        scores = (hidden * kept) @ weights["output"] + weights["output_bias"]
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        error = (shares - np.eye(outputs)[kinds[picked]]) * balance[picked, None]
        error /= config.batch_size
        back = (error @ weights["output"].T) * kept * (hidden > 0)
        slopes = {
            "output": (hidden * kept).T @ error,
            "output_bias": error.sum(0),
            "hidden": x.T @ back,
            "hidden_bias": back.sum(0),
        }
        rate = config.learning_rate * 0.5 * (1 + np.cos(np.pi * step / steps))
        for name, slope in slopes.items():
            first[name] += 0.1 * (slope - first[name])
            second[name] += 0.001 * (np.square(slope) - second[name])
            move = (first[name] / (1 - 0.9**step)) / (
                np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
            )
            weights[name] -= rate * (move + config.weight_decay * weights[name])
    return weights


def refuses(weights, rows):
    """Which rows the gate refuses, bool (films,)."""
    gate = Gate(weights)
    accepted = gate.shares(rows)[:, : len(ACCEPTED)].sum(axis=1)
    return (accepted < weights["least"]) | (gate.distances(rows) > weights["farthest"])


def warns(weights, rows):
    """Which rows the gate takes for an adult's film, bool (films,)."""
    return grown_share(Gate(weights).shares(rows)) > weights["grown"]
