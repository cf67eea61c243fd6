"""How many films and patients each class has."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from xray_core.datasets.catalogue import SPLITS

SUBTYPES = ("normal", "bacteria", "virus")
EFFECTS = Path(__file__).parent / "balance_effects.json"
"""What `scripts.balance_effects` has measured."""


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
    pairs = [(split, subtype) for split in SPLITS for subtype in SUBTYPES]
    return counts.reindex(pairs, fill_value=0).reset_index()


def majority_share(evaluation: Mapping[str, Any]) -> float:
    """Return the accuracy of always answering the commoner class on the tested films."""
    counts = evaluation["data"]["counts"]
    return max(counts.values()) / sum(counts.values())


def load_effects() -> dict[str, Any]:
    """Load what balance and augmentation did to a small network.

    Returns
    -------
    dict
        ``learned_from`` and ``films``, each how many are ``normal`` and ``pneumonia``; ``runs``,
        each with ``balanced``, ``augmented``, ``seed`` and what `scripts.balance_effects` measures.
    """
    return json.loads(EFFECTS.read_text(encoding="utf-8"))
