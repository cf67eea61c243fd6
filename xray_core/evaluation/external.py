"""Measure a model on films of another hospital: how it ranks them, and how many it calls."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xray_core.datasets.catalogue import Sample
from xray_core.errors import DataError
from xray_core.evaluation import metrics
from xray_core.evaluation.evaluate import answer, plain
from xray_core.evaluation.probes.measures import difference, proportion
from xray_core.io.film_source import OnDisk
from xray_core.parallel import map_in_order

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

NORMAL, OPACITY = "normal", "pneumonia"
VIEWS = ("AP", "PA")


def evaluate_external(
    classifier: Classifier, folder: str | Path, *, split: str = "", seed: int = 0
) -> dict[str, Any]:
    """Measure a model on the films of a table.

    Every film is answered, also those that the quality gate would refuse.

    Parameters
    ----------
    folder
        With ``images/`` and ``labels.csv``, whose columns are image and label ('normal',
        'pneumonia' or whatever else is found), and, where known, patient, view (PA or AP), split,
        and labelled_by: then only films that radiologists have labelled count.
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
    table = _read_table(Path(folder), split)
    answers = map_in_order(partial(answer, classifier), _samples(table, Path(folder)))
    predictions, refused = zip(*answers, strict=True)
    score = np.array([prediction.score for prediction in predictions])
    called = np.array([prediction.label != classifier.card.labels[0] for prediction in predictions])
    label, view = table["label"].to_numpy(), table["view"].to_numpy()
    patients = table["patient"].to_numpy()
    normal, opaque = label == NORMAL, label == OPACITY
    everywhere = np.full(len(table), True)
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
        "n": len(table),
        "refused": sum(refused),
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


def _read_table(folder: Path, split: str) -> Any:
    import pandas as pd

    try:
        table = pd.read_csv(folder / "labels.csv", dtype=str)
        table = table.assign(label=table["label"].str.lower(), image=table["image"])
    except (OSError, KeyError, ValueError, AttributeError) as error:
        raise DataError(
            f"Expected {folder}/labels.csv with the columns image and label ({error}): check the "
            "folder."
        ) from error
    if split:
        table = table[table["split"] == split] if "split" in table else table[:0]
    if "labelled_by" in table:
        table = table[table["labelled_by"] == "radiologists"]
    if table.empty:
        raise DataError(
            f"Expected labelled films{f' of the split {split!r}' if split else ''} in "
            f"{folder}/labels.csv, found none: choose another split or folder."
        )
    columns = {name: table.get(name, "") for name in ("patient", "view")}
    return table.assign(**columns).fillna({"patient": "", "view": ""})


def _samples(table: Any, folder: Path) -> Sequence[Sample]:
    return [
        Sample(
            row.image,
            OnDisk(str(folder / "images" / row.image)),
            source="external",
            split="",
            label=row.label,
            subtype="",
            patient=row.patient,
        )
        for row in table.itertuples()
    ]
