"""Two models on the same films: how much better one is, and how sure one can be of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from xray_core.evaluation import metrics

PAIRED = ("accuracy", "auc", "sensitivity", "specificity")


def compare(
    first: Mapping[str, Any], second: Mapping[str, Any], seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Set two test reports against each other, film by film.

    Parameters
    ----------
    first, second
        As `xray_core.evaluation.evaluate` writes them; each model at its own operating point.

    Returns
    -------
    dict
        For each of PAIRED how much more the first reaches on the films that both reports hold, as
        of `metrics.paired_difference`; empty where they hold none in common.
    """
    others = {(film["label"], film["file"]): film for film in second["films"]}
    pairs = [
        (film, others[key])
        for film in first["films"]
        if (key := (film["label"], film["file"])) in others
    ]
    if not pairs:
        return {}
    truth = np.array([film["label"].upper() != "NORMAL" for film, _ in pairs])
    patients = np.array([film["patient"] for film, _ in pairs], dtype=object)
    probability = [np.array([pair[side]["probability"] for pair in pairs]) for side in (0, 1)]
    called = [
        said >= report["operating_point"]["threshold"]
        for said, report in zip(probability, (first, second), strict=True)
    ]
    hits = [said == truth for said in called]
    results = {
        "auc": metrics.paired_difference(
            metrics.auc,
            (truth, probability[0]),
            (truth, probability[1]),
            patients=patients,
            seed=seed,
        )
    }
    films = {"accuracy": np.ones(len(truth), bool), "sensitivity": truth, "specificity": ~truth}
    for name, mine in films.items():
        results[name] = metrics.paired_difference(
            metrics.share, (hits[0][mine],), (hits[1][mine],), patients=patients[mine], seed=seed
        )
    return {name: results[name] for name in PAIRED}
