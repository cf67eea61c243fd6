"""From the network's logits to a score, a probability and a word."""

import numpy as np

from xray_core.inference.model_card import (
    LABELS,
)


def log_odds(logits, positive):
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


def decide(probability, operating_point, uncertain=None, labels=LABELS):
    """Turn a probability into words.

    Parameters
    ----------
    probability : float, in [0, 1]
    operating_point : OperatingPoint
    uncertain : (low, high), optional
        Both ends belong to the band.
    labels : (str, str)
        What to call improbable and probable.

    Returns
    -------
    label : 'NORMAL' or 'PNEUMONIA', or of the labels given
    decision : 'normal', 'pneumonia' or 'uncertain'
    """
    label = labels[int(probability >= operating_point.threshold)]
    if uncertain and uncertain[0] <= probability <= uncertain[1]:
        return label, "uncertain"
    return label, label.lower()


def calibrate(score, temperature, bias=0.0):
    """Turn log-odds into a probability: ``sigmoid(score / temperature + bias)``."""
    logit = np.asarray(score, dtype=float) / temperature + bias
    return np.exp(-np.logaddexp(0.0, -logit))
