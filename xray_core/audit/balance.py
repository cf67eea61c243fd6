"""How many films and patients each class has."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from xray_core.reporting.wording import SPLITS, SUBTYPES


def count(manifest: pd.DataFrame, unit: Literal["films", "patients"]) -> pd.DataFrame:
    """Count films or patients by split and subtype.

    Parameters
    ----------
    manifest
        Columns split, subtype, patient, name.
    unit
        A child with films in two splits counts in both.

    Returns
    -------
    DataFrame
        Columns split, subtype, n, in the order of SPLITS and SUBTYPES; every pair is there.
    """
    column = {"films": "name", "patients": "patient"}[unit]
    counts = manifest.groupby(["split", "subtype"])[column].nunique().rename("n")
    pairs = [(split, subtype) for split in SPLITS for subtype in SUBTYPES if subtype]
    return counts.reindex(pairs, fill_value=0).reset_index()


def table(counts: pd.DataFrame) -> pd.DataFrame:
    """Turn counts into a table for people: a row per split and their sum, with the imbalance.

    Returns
    -------
    DataFrame
        Columns Split, one per subtype, Pneumonia, All, and 'Pneumonia for one normal' (float).
    """
    wide = counts.pivot(index="split", columns="subtype", values="n").reindex(list(SPLITS))
    wide = wide[[subtype for subtype in SUBTYPES if subtype in wide.columns]]
    wide.loc["all"] = wide.sum()
    wide["Pneumonia"] = wide["bacteria"] + wide["virus"]
    wide["All"] = wide["normal"] + wide["Pneumonia"]
    wide["Pneumonia for one normal"] = (wide["Pneumonia"] / wide["normal"]).round(2)
    wide = wide.rename(columns=SUBTYPES, index=SPLITS | {"all": "All"})
    return wide.rename_axis(index="Split", columns=None).reset_index()


def majority_share(evaluation: Mapping[str, Any]) -> float:
    """Return the accuracy of always answering the commoner class on the tested films."""
    counts = evaluation["data"]["counts"]
    return max(counts.values()) / sum(counts.values())
