"""How many films and patients each class has."""

from xray_core.reporting.wording import SPLITS, SUBTYPES


def count(manifest, unit):
    """Count films or patients by split and subtype.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Columns split, subtype, patient, name.
    unit : str
        'films' or 'patients'. A child with films in two splits counts in both.

    Returns
    -------
    pandas.DataFrame
        Columns split, subtype, n, in the order of SPLITS and SUBTYPES; every pair is there.
    """
    column = {"films": "name", "patients": "patient"}[unit]
    counts = manifest.groupby(["split", "subtype"])[column].nunique().rename("n")
    pairs = [(split, subtype) for split in SPLITS for subtype in SUBTYPES if subtype]
    return counts.reindex(pairs, fill_value=0).reset_index()


def table(counts):
    """Turn counts into a table for people: a row per split and their sum, with the imbalance.

    Returns
    -------
    pandas.DataFrame
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


def majority_share(evaluation):
    """Return the accuracy of always answering the commoner class on the tested films."""
    counts = evaluation["data"]["counts"]
    return max(counts.values()) / sum(counts.values())
