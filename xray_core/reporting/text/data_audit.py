"""What an audit found, in lines for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any


def summarise_audit(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that tell a person what an audit found.

    Parameters
    ----------
    report : mapping
        Of `xray_core.audit.data_set.audit`.
    """
    yield f"{report['films']} films, {len(report['unreadable'])} of them unreadable"
    for row in report["counts"]:
        kind = f" ({row['subtype']})" if row["subtype"] not in ("", "normal") else ""
        counts = f"{row['films']} films, {row['patients']} patients"
        yield f"  {row['split']} {row['label']}{kind}: {counts}"
    for way, title in (("patients", "by subtype and number"), ("naive", "by number alone")):
        for splits, patients in report["shared"][way].items():
            yield f"patients in both {splits}, {title}: {len(patients)}"
    for key in ("identical_files", "identical_pixels", "near_duplicates"):
        if found := report[key]:
            yield (
                f"{key.replace('_', ' ')}: {len(found['groups'])} groups, {found['across']} across "
                f"splits, {found['conflicting']} with conflicting labels"
            )
    if report["header"]:
        yield f"what the file alone says about {report['positive']} (AUC, 0.5 says nothing):"
    for row in report["header"]:
        yield (
            f"  {row['split']} {row['feature']}: {row['auc']:.3f}, median "
            f"{row['median_negative']:.4g} against {row['median_positive']:.4g}"
        )
