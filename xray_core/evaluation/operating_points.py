"""What a threshold does: counts, rates and predictive values from the tested films."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xray_core.evaluation import metrics


def at_threshold(
    films: Sequence[Mapping[str, Any]], threshold: float, prevalence: float
) -> dict[str, Any]:
    """Measure a threshold on the films of a test report.

    Parameters
    ----------
    films
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
    called = np.array([film["probability"] >= threshold for film in films])
    sensitivity = float(metrics.share(called[truth]))
    specificity = float(metrics.share(~called[~truth]))
    ppv, npv = predictive_values(sensitivity, specificity, prevalence)
    return {
        "confusion": metrics.confusion(truth, called),
        "accuracy": float(metrics.share(called == truth)),
        "sensitivity": sensitivity,
        "specificity": specificity,
        "ppv": ppv,
        "npv": npv,
    }


def predictive_values(
    sensitivity: float, specificity: float, prevalence: float
) -> tuple[float, float]:
    """PPV and NPV where a share ``prevalence`` of the films is positive, by Bayes' rule.

    nan where no film would be called positive, or none negative.
    """
    ill = np.array([sensitivity, 1 - sensitivity]) * prevalence
    well = np.array([1 - specificity, specificity]) * (1 - prevalence)
    called, cleared = ill + well
    ppv = ill[0] / called if called else np.nan
    npv = well[1] / cleared if cleared else np.nan
    return float(ppv), float(npv)


CHILDREN = 1000


def count_outcomes(
    sensitivity: float, specificity: float, prevalence: float, children: int = CHILDREN
) -> dict[str, int]:
    """Count what is to be expected: ``tp``, ``fn``, ``fp`` and ``tn``, whole children in all."""
    ill = round(children * prevalence)
    found, cleared = round(ill * sensitivity), round((children - ill) * specificity)
    return {"tp": found, "fn": ill - found, "fp": children - ill - cleared, "tn": cleared}
