"""What an audit found, in words for people and small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xray_core.reporting.wording import PROPERTIES, SPLITS, SUBTYPES, count, truth_of

if TYPE_CHECKING:
    import pandas as pd

DUPLICATES = {
    "identical_files": "the same file, byte for byte",
    "identical_pixels": "the same picture, pixel for pixel",
    "near_duplicates": "the same exposure, saved differently",
}


def list_counts(counts):
    """Films and patients by split and kind.

    Parameters
    ----------
    counts : sequence of dict
        ``counts`` of `xray_core.audit.data_set.audit`.

    Returns
    -------
    list of dict of str to str
        Split, Kind, Films, Patients, Films per patient.
    """
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


def describe_counts(counts):
    """Say where the fewest children stand behind the films, and what that means."""
    row = max(counts, key=lambda row: row["films"] / row["patients"])
    kind = truth_of(row["label"], row["subtype"]).lower()
    return (
        f"Films of one child resemble each other. The {count(row['films'], 'film')} with {kind} in "
        f"the {SPLITS[row['split']].lower()} split show only {row['patients']:,} children, so they "
        "tell less than their number promises; that is why the intervals of the test results "
        "come from resampling patients, not films."
    )


def list_shared(shared):
    """How many patients two splits seem to share, told apart in two ways.

    Parameters
    ----------
    shared : dict
        ``shared`` of `xray_core.audit.data_set.audit`.

    Returns
    -------
    list of dict of str to str
        Splits, 'By number alone' and 'By kind and number'.
    """
    return [
        {
            "Splits": " and ".join(SPLITS[split] for split in pair.split(" & ")),
            "By number alone": f"{len(patients):,}",
            "By kind and number": f"{len(shared['patients'].get(pair, ())):,}",
        }
        for pair, patients in shared["naive"].items()
    ]


def describe_strongest(header, positive):
    """Say which property of the file ranks the training films best, and what it does in the test.

    Parameters
    ----------
    header : sequence of dict
        ``header`` of `xray_core.audit.data_set.audit`.
    positive : str
        The class to predict, in words.

    Returns
    -------
    str
        Empty where no training film is of a known property.
    """
    train = [row for row in header if row["split"] == "train"]
    if not train:
        return ""
    best = max(train, key=lambda row: abs(row["auc"] - 0.5))
    side = "larger" if best["auc"] > 0.5 else "smaller"
    name = PROPERTIES[best["feature"]]
    text = (
        f"Nobody needs a network here: among the training films the {name} alone, {side} for "
        f"{positive}, gives an AUC of {_strength(best):.2f} (median {best['median_positive']:.4g} "
        f"against {best['median_negative']:.4g})"
    )
    test = next(
        (r for r in header if r["split"] == "test" and r["feature"] == best["feature"]), None
    )
    if test is None:
        return text + "."
    strength = test["auc"] if best["auc"] > 0.5 else 1 - test["auc"]
    return f"{text}. The same rule gives {strength:.2f} in the test."


def describe_duplicates(report):
    """Say how many films occur more than once, and whether that harms.

    Returns
    -------
    list of str
        A sentence for each kind of duplicate that was sought.
    """
    return [
        _describe_groups(wording, report[key])
        for key, wording in DUPLICATES.items()
        if report[key] is not None
    ]


def list_duplicates(report):
    """List the groups of films that show one picture or exposure, each once.

    Returns
    -------
    list of dict of str to str
        What they share, and the films.
    """
    rows, seen = [], set()
    for key, wording in DUPLICATES.items():
        for group in (report[key] or {"groups": ()})["groups"]:
            if not seen.issuperset(group):
                rows.append({"What they share": wording, "Films": ", ".join(group)})
            seen.update(group)
    return rows


def _strength(row):
    return max(row["auc"], 1 - row["auc"])


def _describe_groups(wording, found):
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
