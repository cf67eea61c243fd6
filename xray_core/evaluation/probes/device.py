"""V5: how well can the odd device be read off what the network makes of a film?

Its films are nearly all viral, so they are told from other viral films, that the disease be the
same. Whatever reads the device with 0.5 has nothing to lean on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xray_core.datasets.kermany import odd_device
from xray_core.errors import ModelError
from xray_core.evaluation.metrics import auc, patient_codes, with_interval
from xray_core.evaluation.probes.films import Answers, Film, answers
from xray_core.evaluation.probes.measures import proportion

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

FOLDS = 5
STRENGTH = 0.01  # inverse of the penalty: there are far more features than films
FEWEST = 10  # films of each side


def probe_device(classifier: Classifier, films: Sequence[Film], given: Answers) -> dict[str, Any]:
    """Tell the odd device's viral films from other viral films.

    Returns
    -------
    dict
        ``n`` (the device's and others'), ``score`` (AUC of the log-odds) and ``features`` (AUC of
        a linear probe on the pooled features, see `linear_probe`); each None with a ``reason``
        where it cannot be had.
    """
    names = odd_device()
    virus = np.array([film.kind == "virus" for film in films], dtype=bool)
    mine = [film for film in films if film.kind == "virus"]
    device = np.array([film.stem in names for film in mine], dtype=bool)
    patients = [film.patient for film in mine]
    return {
        "n": {"device": int(device.sum()), "others": int((~device).sum())},
        "score": with_interval(auc, device, given.score[virus], patients=patients),
        "features": _read_features(classifier, mine, device, patients),
    }


def probe_left_out(classifier: Classifier, films: Sequence[Film]) -> dict[str, Any]:
    """V4: sensitivity on the odd device's films, where training left them out.

    Parameters
    ----------
    films
        Of all train.

    Returns
    -------
    dict
        ``sensitivity``, all of them and by kind.
    """
    mine = [film for film in films if film.stem in odd_device()]
    called = answers(classifier, [film.open for film in mine]).called
    kinds = np.array([film.kind for film in mine])
    return {
        "sensitivity": {
            "all": proportion(called),
            **{kind: proportion(called[kinds == kind]) for kind in sorted(set(kinds.tolist()))},
        }
    }


def linear_probe(
    features: np.ndarray, truth: np.ndarray, patients: Sequence[str], *, folds: int = FOLDS
) -> np.ndarray:
    """Log-odds of a logistic regression that has not seen the patient, float (films,).

    Parameters
    ----------
    features : float, (films, features)
    truth : bool, (films,)
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    told = np.zeros(len(truth))
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    for seen, unseen in parts.split(features, truth, patient_codes(patients)):
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
        )
        model.fit(features[seen], truth[seen])
        told[unseen] = model.decision_function(features[unseen])
    return told


def _read_features(
    classifier: Classifier, films: Sequence[Film], device: np.ndarray, patients: Sequence[str]
) -> dict[str, Any]:
    from xray_core.inference.activations import read_activations

    none = {"value": None, "n": len(films), "interval": None}
    if min(device.sum(), (~device).sum()) < FEWEST:
        return none | {"reason": f"not defined: fewer than {FEWEST} films of a side"}
    try:
        means = [
            read_activations(classifier.name, classifier.look(film.open()).view).means
            for film in films
        ]
    except ModelError as error:
        return none | {"reason": str(error)}
    told = linear_probe(np.stack(means), device, patients)
    return with_interval(auc, device, told, patients=patients)
