"""Measure a model on films of another hospital: how it ranks them, and how many it calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xray_core.evaluation import metrics
from xray_core.evaluation.evaluate import plain
from xray_core.evaluation.probes.films import read_films
from xray_core.evaluation.probes.measures import difference, proportion
from xray_core.evaluation.probes.projection import VIEWS
from xray_core.parallel import map_in_order

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

NORMAL, OPACITY = "normal", "pneumonia"


def evaluate_external(
    classifier: Classifier, folder: str | Path, *, split: str = "", seed: int = 0
) -> dict[str, Any]:
    """Measure a model on the films of a table.

    Every film is answered, also those that the quality gate would refuse.

    Parameters
    ----------
    folder
        See `xray_core.evaluation.probes.films.read_films`; a label is 'normal', 'pneumonia' or
        whatever else is found.
    split
        Only its films count; by default all.

    Returns
    -------
    dict
        ``n``, ``refused``; ``groups``: for each comparison ``name``, ``n``, ``positives`` and
        ``auc``; ``called``: for each label, and of normal films each view, ``name``, ``n`` and the
        ``share`` that is called pneumonia; ``ap_minus_pa``: log-odds of normal films, where the
        views are known. Intervals of 95%: Wilson's for shares, else a bootstrap over patients.

    Raises
    ------
    DataError
        The folder is not laid out so, has no such film, or a film cannot be read.
    """
    films = read_films(folder, split)
    given = list(map_in_order(lambda film: classifier.predict(film.open()), films))
    score = np.array([prediction.score for prediction in given])
    called = np.array([prediction.label != classifier.card.labels[0] for prediction in given])
    label, view, patients = (
        np.array([getattr(film, name) for film in films], dtype=object)
        for name in ("kind", "view", "patient")
    )
    normal, opaque = label == NORMAL, label == OPACITY
    everywhere = np.full(len(films), True)
    comparisons = {
        "opacity against normal": normal | opaque,
        **{f"opacity against normal, {name}": (normal | opaque) & (view == name) for name in VIEWS},
        "opacity against normal and other findings": everywhere,
    }
    groups = [
        {
            "name": name,
            "n": int(chosen.sum()),
            "positives": int(opaque[chosen].sum()),
            "auc": metrics.with_interval(
                metrics.auc, opaque[chosen], score[chosen], patients=patients[chosen], seed=seed
            ),
        }
        for name, chosen in comparisons.items()
        if opaque[chosen].any() and not opaque[chosen].all()
    ]
    counted = {
        "normal": normal,
        **{f"normal, {name}": normal & (view == name) for name in VIEWS},
        **{str(name): label == name for name in sorted(set(label) - {NORMAL})},
    }
    report = {
        "model": classifier.name,
        "n": len(films),
        "refused": sum(prediction.refused for prediction in given),
        "groups": groups,
        "called": [
            {"name": name, "n": int(chosen.sum()), "share": proportion(called[chosen])}
            for name, chosen in counted.items()
            if chosen.any()
        ],
    }
    lying = normal & np.isin(view, VIEWS)
    if {*view[lying]} == set(VIEWS):
        report["ap_minus_pa"] = metrics.with_interval(
            difference, score[lying], view[lying] == "AP", patients=patients[lying], seed=seed
        )
    return plain(report)
