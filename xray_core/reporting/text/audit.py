"""What an audit found, in words for people and small tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import TYPE_CHECKING, Any

from xray_core.reporting.wording import PROPERTIES, SPLITS, SUBTYPES, count, truth_of

if TYPE_CHECKING:
    import pandas as pd

DUPLICATES = {
    "identical_files": "the same file, byte for byte",
    "identical_pixels": "the same picture, pixel for pixel",
    "near_duplicates": "the same exposure, saved differently",
}


def list_counts(counts: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Films and patients by split and kind, from ``counts`` of `xray_core.audit.data_set.audit`."""
    return [
        {
            "Split": SPLITS[row["split"]],
            "Kind": truth_of(row["label"], row["subtype"]),
            "Films": f"{row['films']:,}",
            "Patients": f"{row['patients']:,}",
            "Films per patient": f"{row['films'] / row['patients']:.2f}",
        }
        for row in counts
    ]


def describe_counts(counts: Sequence[dict[str, Any]]) -> str:
    """Say where the fewest children stand behind the films, and what that means."""
    row = max(counts, key=lambda row: row["films"] / row["patients"])
    kind = truth_of(row["label"], row["subtype"]).lower()
    return (
        f"Films of one child resemble each other. The {count(row['films'], 'film')} with {kind} in "
        f"the {SPLITS[row['split']].lower()} split show only {row['patients']:,} children, so they "
        "tell less than their number promises; that is why the intervals of the test results "
        "come from resampling patients, not films."
    )


def list_shared(shared: dict[str, Any]) -> list[dict[str, str]]:
    """How many patients two splits seem to share, from ``shared`` of the audit."""
    return [
        {
            "Splits": " and ".join(SPLITS[split] for split in pair.split(" & ")),
            "By number alone": f"{len(patients):,}",
            "By kind and number": f"{len(shared['patients'].get(pair, ())):,}",
        }
        for pair, patients in shared["naive"].items()
    ]


def describe_strongest(header: Sequence[dict[str, Any]], positive: str) -> str:
    """Say which property of the file ranks the training films best, and what it does in the test.

    From ``header`` of the audit, and the class to predict in words; '' where no training film is of
    a known property.
    """
    train = [row for row in header if row["split"] == "train"]
    if not train:
        return ""
    best = max(train, key=lambda row: abs(row["auc"] - 0.5))
    larger, name = best["auc"] > 0.5, PROPERTIES[best["feature"]]
    text = (
        f"Nobody needs a network here: among the training films the {name} alone, "
        f"{'larger' if larger else 'smaller'} for {positive}, gives an AUC of "
        f"{abs(best['auc'] - 0.5) + 0.5:.2f} (median {best['median_positive']:.4g} against "
        f"{best['median_negative']:.4g})"
    )
    test = {row["feature"]: row["auc"] for row in header if row["split"] == "test"}
    if best["feature"] not in test:
        return text + "."
    auc = test[best["feature"]]
    strength = auc if larger else 1 - auc
    return f"{text}. The same rule gives {strength:.2f} in the test."


def describe_duplicates(report: dict[str, Any]) -> list[str]:
    """Say of each kind of duplicate that was sought how many there are, and whether they harm."""
    return [
        _describe_groups(wording, report[key])
        for key, wording in DUPLICATES.items()
        if report[key] is not None
    ]


def list_duplicates(report: dict[str, Any]) -> list[dict[str, str]]:
    """List the groups of films that show one picture or exposure, each once."""
    rows, seen = [], set[str]()
    for key, wording in DUPLICATES.items():
        for group in (report[key] or {"groups": ()})["groups"]:
            if not seen.issuperset(group):
                rows.append({"What they share": wording, "Films": ", ".join(group)})
            seen.update(group)
    return rows


def _describe_groups(wording: str, found: dict[str, Any]) -> str:
    groups = found["groups"]
    if not groups:
        return f"No two films are {wording}."
    across = found["across"] or "none"
    conflicting = found["conflicting"] or "none"
    return (
        f"{count(len(groups), 'group')} of films are {wording}: {across} across two splits, which "
        f"would be a leak, and {conflicting} under two labels, which would be an error."
    )


def balance_table(counts: pd.DataFrame) -> pd.DataFrame:
    """Turn counts of `xray_core.audit.balance` into a row per split and their sum.

    Returns
    -------
    DataFrame
        Columns Split, one per subtype, Pneumonia, All, 'Pneumonia for one normal' (float), and
        'Pneumonia : normal', the same in hundredths of all films ('74 : 26').
    """
    wide = counts.pivot(index="split", columns="subtype", values="n").reindex(list(SPLITS))
    wide = wide[[subtype for subtype in SUBTYPES if subtype in wide.columns]]
    wide.loc["all"] = wide.sum()
    wide["Pneumonia"] = wide["bacteria"] + wide["virus"]
    wide["All"] = wide["normal"] + wide["Pneumonia"]
    wide["Pneumonia for one normal"] = (wide["Pneumonia"] / wide["normal"]).round(2)
    wide["Pneumonia : normal"] = [
        f"{round(100 * ill / both)} : {100 - round(100 * ill / both)}" if both else "–"
        for ill, both in zip(wide["Pneumonia"], wide["All"], strict=True)
    ]
    wide = wide.rename(columns=SUBTYPES, index=SPLITS | {"all": "All"})
    return wide.rename_axis(index="Split", columns=None).reset_index()


def effects_table(effects: Mapping[str, Any]) -> list[dict[str, str]]:
    """What balance and augmentation did, see `xray_core.audit.balance.load_effects`.

    A row for each way of training: the mean of its seeds, and their least and greatest.
    """
    columns = {
        "Sensitivity at 50%": "sensitivity",
        "Specificity at 50%": "specificity",
        "Specificity where 95% are found": "specificity_at_found",
        "AUC": "auc",
    }
    rows: dict[tuple[bool, bool], list[Mapping[str, float]]] = {}
    for run in effects["runs"]:
        rows.setdefault((run["balanced"], run["augmented"]), []).append(run)
    return [
        {
            "Trained": f"{'balanced' if balanced else 'as the films come'}, "
            f"{'augmented' if augmented else 'not augmented'}",
            **{title: _spread([run[name] for run in runs]) for title, name in columns.items()},
        }
        for (balanced, augmented), runs in rows.items()
    ]


def _spread(values: Sequence[float]) -> str:
    return f"{mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"
