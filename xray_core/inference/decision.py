"""From the network's logits to a score, a probability and a word."""

from collections.abc import Sequence

import numpy as np

from xray_core.types import DECISIONS, LABELS, OperatingPoint


def log_odds(logits: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Log-odds of what some logits together say against some others.

    Parameters
    ----------
    logits : float, (films, outputs)
    signs : int, (outputs,)
        1 for a logit that speaks for it, -1 against it, 0 for one that says nothing; see
        `xray_core.saliency.targets`.

    Returns
    -------
    float, (films,)
    """
    odds = np.zeros(len(logits))
    for sign in set(signs[signs != 0].tolist()):
        odds += sign * np.logaddexp.reduce(logits[:, signs == sign], axis=1)
    return odds


def class_shares(
    logits: np.ndarray, probability: float, classes: Sequence[str]
) -> dict[str, float]:
    """Share of each class of a film: between normal and pneumonia as calibrated, within pneumonia
    as the network says.

    Parameters
    ----------
    logits : float, (outputs,)
        The first is an opacity's; those of the subtypes follow where ``classes`` are more than two.
    probability
        Of pneumonia.
    classes
        The normal one first.
    """
    within = np.ones(1)
    if len(classes) > 2:
        kinds = logits[1 : len(classes)]
        within = np.exp(kinds - kinds.max())
        within /= within.sum()
    return dict(zip(classes, [1 - probability, *map(float, probability * within)], strict=True))


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
