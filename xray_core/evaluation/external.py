"""Measure a model on films of another kind than it was trained on: adults of another hospital."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xray_core.datasets.catalogue import Sample
from xray_core.errors import DataError
from xray_core.evaluation import metrics
from xray_core.evaluation.evaluate import answer, plain
from xray_core.io.film_source import OnDisk
from xray_core.parallel import map_in_order

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

GROUPS: dict[str, Callable] = {
    "all": lambda table: slice(None),
    "18 years and younger": lambda table: table["age"] <= 18,
    "older than 18 years": lambda table: table["age"] > 18,
    "PA": lambda table: table["view"] == "PA",
    "AP": lambda table: table["view"] == "AP",
}


def evaluate_external(
    classifier: Classifier, folder: str | Path, *, seed: int = 0
) -> dict[str, Any]:
    """Measure how well a model ranks the films of a table.

    Every film is answered, also those that the quality gate would refuse.

    Parameters
    ----------
    folder
        With ``images/`` and ``labels.csv``, whose columns are image, label (NORMAL or PNEUMONIA),
        patient, age in years, and view (PA or AP).

    Returns
    -------
    dict
        ``n``, ``refused``, and ``groups``: for each group ``name``, ``n``, ``positives`` and
        ``auc`` with a 95% bootstrap interval over patients; None where it is not defined.

    Raises
    ------
    DataError
        The folder is not laid out so, or a film cannot be read.
    """
    import pandas as pd

    try:
        table = pd.read_csv(Path(folder) / "labels.csv", dtype={"patient": str})
        table = table[["image", "label", "patient", "age", "view"]].fillna({"patient": ""})
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            f"Expected {folder}/labels.csv with the columns image, label, patient, age and view "
            f"({error}): check the folder."
        ) from error
    images = Path(folder) / "images"
    samples = [
        Sample(
            row.image,
            OnDisk(str(images / row.image)),
            source="external",
            split="",
            label=row.label,
            subtype="",
            patient=row.patient,
        )
        for row in table.itertuples()
    ]
    predictions, refused = zip(*map_in_order(partial(answer, classifier), samples), strict=True)
    table["probability"] = [prediction.probability for prediction in predictions]
    groups = []
    for name, choose in GROUPS.items():
        mine = table[choose(table)]
        truth, probability = (
            (mine["label"] == "PNEUMONIA").to_numpy(),
            mine["probability"].to_numpy(),
        )
        auc = metrics.with_interval(
            metrics.auc, truth, probability, patients=mine["patient"], seed=seed
        )
        groups.append({"name": name, "n": len(mine), "positives": truth.sum(), "auc": auc})
    report = {"model": classifier.name, "n": len(table), "refused": sum(refused)}
    return plain(report | {"groups": groups})
