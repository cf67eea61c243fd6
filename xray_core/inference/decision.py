"""From the network's logits to a score, a probability and a word."""

import numpy as np

from xray_core.types import DECISIONS, LABELS, OperatingPoint


def log_odds(logits: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Log-odds of some classes together, those of pneumonia usually.

    Parameters
    ----------
    logits : float, (films, classes)
    positive : bool, (classes,)

    Returns
    -------
    float, (films,)
    """
    together = np.logaddexp.reduce
    return together(logits[:, positive], axis=1) - together(logits[:, ~positive], axis=1)


def calibrate(score: float | np.ndarray, temperature: float, bias: float = 0.0) -> np.ndarray:
    """Turn log-odds into a probability: ``sigmoid(score / temperature + bias)``."""
    logit = np.asarray(score, dtype=float) / temperature + bias
    return np.exp(-np.logaddexp(0.0, -logit))


def decide(
    probability: float,
    operating_point: OperatingPoint,
    uncertain: tuple[float, float] | None = None,
    labels: tuple[str, str] = LABELS,
) -> tuple[str, str]:
    """Turn a probability into words.

    Parameters
    ----------
    probability
        In [0, 1].
    uncertain
        Lowest and highest probability of the band; both ends belong to it.
    labels
        What to call improbable and probable.

    Returns
    -------
    label
        One of ``labels``.
    decision
        'normal', 'pneumonia' or 'uncertain'.
    """
    called = int(probability >= operating_point.threshold)
    unsure = uncertain is not None and uncertain[0] <= probability <= uncertain[1]
    return labels[called], "uncertain" if unsure else DECISIONS[called]
