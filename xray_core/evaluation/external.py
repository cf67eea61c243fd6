"""Measure a model on films of another kind than it was trained on: adults of another hospital."""

from pathlib import Path

import numpy as np

from xray_core.errors import DataError
from xray_core.evaluation import metrics
from xray_core.evaluation.evaluate import plain
from xray_core.io.radiograph import load_radiograph

GROUPS = {
    "all": lambda table: np.ones(len(table), bool),
    "18 years and younger": lambda table: table["age"] <= 18,
    "older than 18 years": lambda table: table["age"] > 18,
    "PA": lambda table: table["view"] == "PA",
    "AP": lambda table: table["view"] == "AP",
}


def evaluate_external(classifier, folder, *, seed=0):
    """Measure how well a model ranks the films of a table.

    Every film is answered, also those that the quality gate would refuse.

    Parameters
    ----------
    classifier : Classifier
    folder : path
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
        The folder is not laid out so.
    """
    import pandas as pd

    try:
        table = pd.read_csv(Path(folder) / "labels.csv", dtype={"patient": str})
        table = table[["image", "label", "patient", "age", "view"]]
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            f"Expected {folder}/labels.csv with the columns image, label, patient, age and view "
            f"({error}): check the folder."
        ) from error
    answers = [_answer(classifier, Path(folder) / "images" / name) for name in table["image"]]
    probability, refused = map(np.array, zip(*answers, strict=True))
    truth = (table["label"] == "PNEUMONIA").to_numpy()
    groups = []
    for name, choose in GROUPS.items():
        mine = np.asarray(choose(table))
        patients = table["patient"].to_numpy()[mine]
        columns = truth[mine], probability[mine]
        auc = metrics.with_interval(metrics.auc, *columns, patients=patients, seed=seed)
        positives = int(truth[mine].sum())
        groups.append({"name": name, "n": int(mine.sum()), "positives": positives, "auc": auc})
    report = {"model": classifier.name, "n": len(table), "refused": refused.sum()}
    return plain(report | {"groups": groups})


def _answer(classifier, path):
    prediction = classifier.predict(load_radiograph(path))
    return prediction.probability, prediction.refused
