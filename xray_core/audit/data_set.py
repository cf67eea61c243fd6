"""What a data set gives away without a look at a lung.

A model can only be trusted as far as its data: films that occur twice, children on both sides of a
split, and properties of the *file* that already predict the label. Everything here is a pure
function of a table with one row per film, so that most of it works on the manifest alone; the
rest needs the table of `xray_core.audit.file_properties.measure_films`.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from xray_core.audit.file_properties import FEATURES
from xray_core.datasets.catalogue import SPLITS
from xray_core.evaluation.metrics import auc

NEAR_DUPLICATE = 0.99
"""Correlation of two thumbnails from which on they show one exposure. On the published films the
same exposure gives 1.000 and the most alike two others 0.975."""


def count_films(table: pd.DataFrame) -> pd.DataFrame:
    """Count films and patients by split, label and subtype.

    A film whose patient is unknown counts as a patient of its own. The splits are in their usual
    order.
    """
    unknown = "film " + pd.Series(range(len(table)), index=table.index).astype(str)
    patient = table["patient"].where(table["patient"] != "", unknown)
    keys = ["split", "label", "subtype"]
    counts = table.assign(patient=patient).groupby(keys)["patient"].agg(["size", "nunique"])
    counts = counts.reset_index().rename(columns={"size": "films", "nunique": "patients"})
    order = counts["split"].map({split: place for place, split in enumerate(SPLITS)})
    return counts.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def shared_patients(table: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Find patients who occur in more than one split, by their whole name and the naive way.

    The naive way takes the number alone: it meets person 1 with bacteria and person 1 with a virus,
    who are two children, because the numbers are counted separately for each.

    Returns
    -------
    dict
        `patients` and `naive`, each a dict of 'train & test' and the like to the list of patients
        (naive: of label and number).
    """
    known = table[table["patient"] != ""]
    number = known["label"] + " " + known["patient"].str.rsplit("-", n=1).str[-1]
    return {
        "patients": _shared(known["split"], known["patient"]),
        "naive": _shared(known["split"], number),
    }


def _shared(split: pd.Series, key: pd.Series) -> dict[str, list[str]]:
    by_split = {name: set(key[split == name]) for name in SPLITS}
    return {
        f"{one} & {other}": sorted(by_split[one] & by_split[other])
        for one, other in combinations(SPLITS, 2)
        if by_split[one] and by_split[other]
    }


def identical_films(table: pd.DataFrame, column: str) -> list[list[int]]:
    """Row positions of films that share a value of ``column``, such as 'file_digest', by group."""
    groups = table.groupby(column, sort=False).indices.values()
    return [group.tolist() for group in groups if len(group) > 1]


def near_duplicates(
    thumbnails: np.ndarray, threshold: float = NEAR_DUPLICATE, block: int = 1024
) -> list[tuple[int, int, float]]:
    """Find pairs of films that show the same exposure, however they were saved.

    Parameters
    ----------
    thumbnails : float32, (films, values)
        From `measure_films`.
    threshold
        Lowest correlation of a pair.
    block
        Rows compared at a time; bounds the memory.

    Returns
    -------
    list of tuple
        Row positions, the first the smaller, and the correlation; most alike first.
    """
    pairs: list[tuple[int, int, float]] = []
    for start in range(0, len(thumbnails), block):
        alike = thumbnails[start : start + block] @ thumbnails[start:].T
        rows, columns = np.nonzero(np.triu(alike >= threshold, 1))
        pairs += [
            (start + int(row), start + int(column), float(alike[row, column]))
            for row, column in zip(rows, columns, strict=True)
        ]
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))


def describe_groups(table: pd.DataFrame, groups: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Say what duplicate films mean for a study.

    Returns
    -------
    dict
        `groups` (lists of 'split/label/name'), and how many groups lie `within` a split, `across`
        splits (a leak), under `conflicting` labels (an error), and under several `patients`.
    """
    paths = table["split"] + "/" + table["label"] + "/" + table["name"]

    def several(group: Sequence[int], column: str) -> bool:
        return table[column].iloc[group].nunique() > 1

    return {
        "groups": [paths.iloc[group].tolist() for group in groups],
        "within": sum(not several(group, "split") for group in groups),
        "across": sum(several(group, "split") for group in groups),
        "conflicting": sum(several(group, "label") for group in groups),
        "patients": sum(several(group, "patient") for group in groups),
    }


def positive_label(labels: pd.Series) -> str | None:
    """The class that a feature is asked to predict: what is not NORMAL, of two; otherwise None."""
    others = sorted(set(labels))
    if len(others) != 2:
        return None
    return next((label for label in others if label.upper() != "NORMAL"), None)


def header_predictions(table: pd.DataFrame, features: Sequence[str] = FEATURES) -> pd.DataFrame:
    """How well each property of the file alone predicts the label, per split.

    Returns
    -------
    DataFrame
        Columns split, feature, films, median_negative, median_positive and auc: 0.5 says nothing,
        1 means that larger always is the positive class, 0 that smaller is. A split without both
        classes and a feature that is never known have no row.
    """
    columns = ["split", "feature", "films", "median_negative", "median_positive", "auc"]
    positive = positive_label(table["label"])
    rows = []
    for split in SPLITS:
        part = table[table["split"] == split]
        for feature in features:
            if positive is None or feature not in part:
                continue
            known = part[part[feature].notna()]
            values = known[feature].to_numpy(float)
            truth = (known["label"] == positive).to_numpy()
            if not truth.any() or truth.all():
                continue
            medians = float(np.median(values[~truth])), float(np.median(values[truth]))
            rows.append((split, feature, len(values), *medians, float(auc(truth, values))))
    return pd.DataFrame(rows, columns=columns)


def audit(table: pd.DataFrame, thumbnails: np.ndarray | None = None) -> dict[str, Any]:
    """Everything above, as one report of plain values.

    Parameters
    ----------
    table
        From `measure_films`, or from `load_manifest`, which has names and sizes only.
    thumbnails : float32, (films, values)

    Returns
    -------
    dict
        `films`, `unreadable` (messages), `counts`, `shared`, `identical_files`,
        `identical_pixels`, `near_duplicates`, `positive` and `header`; a part that the table
        cannot tell is None.
    """
    if "aspect" not in table and "width" in table:
        table = table.assign(aspect=table["width"] / table["height"])
    errors = table.get("error", pd.Series(dtype="str"))
    alike = None
    if thumbnails is not None:
        pairs = near_duplicates(thumbnails)
        alike = describe_groups(table, [list(pair[:2]) for pair in pairs])
        alike["correlation"] = [round(pair[2], 4) for pair in pairs]
    return {
        "films": len(table),
        "unreadable": [error for error in errors if error],
        "counts": count_films(table).to_dict("records"),
        "shared": shared_patients(table),
        "identical_files": _identical(table, "file_digest"),
        "identical_pixels": _identical(table, "pixel_digest"),
        "near_duplicates": alike,
        "positive": positive_label(table["label"]),
        "header": header_predictions(table).to_dict("records"),
    }


def _identical(table: pd.DataFrame, column: str) -> dict[str, Any] | None:
    if column not in table:
        return None
    return describe_groups(table, identical_films(table, column))
