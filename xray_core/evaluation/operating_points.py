"""What a threshold does: counts, rates and predictive values from the tested films."""

import numpy as np

from xray_core.evaluation import metrics


def at_threshold(films, threshold, prevalence):
    """Measure a threshold on the films of a test report.

    Parameters
    ----------
    films : sequence of dict
        ``evaluation["films"]``: ``label`` 'NORMAL' or another, and ``probability``.
    threshold : float, in [0, 1]
    prevalence : float, in [0, 1]
        Share of pneumonia among the children the predictive values are for; not the test's.

    Returns
    -------
    dict
        ``confusion`` counts, and ``accuracy``, ``sensitivity``, ``specificity``, ``ppv``, ``npv``,
        each a float, nan where it is not defined.
    """
    truth = np.array([film["label"].upper() != "NORMAL" for film in films])
    probability = np.array([film["probability"] for film in films], dtype=float)
    sensitivity = float(metrics.sensitivity(truth, probability, threshold))
    specificity = float(metrics.specificity(truth, probability, threshold))
    ppv, npv = metrics.predictive_values(sensitivity, specificity, prevalence)
    return {
        "confusion": metrics.confusion(truth, probability, threshold),
        "accuracy": float(metrics.accuracy(truth, probability, threshold)),
        "sensitivity": sensitivity,
        "specificity": specificity,
        "ppv": ppv,
        "npv": npv,
    }


CHILDREN = 1000


def count_outcomes(sensitivity, specificity, prevalence, children=CHILDREN):
    """Count what is to be expected among children, in whole children.

    Parameters
    ----------
    sensitivity, specificity, prevalence : float, in [0, 1]

    Returns
    -------
    dict of str to int
        ``tp``, ``fn``, ``fp`` and ``tn``; they add up to ``children``.
    """
    ill = round(children * prevalence)
    found, cleared = round(ill * sensitivity), round((children - ill) * specificity)
    return {"tp": found, "fn": ill - found, "fp": children - ill - cleared, "tn": cleared}
