"""Tables of what the maps are worth, as Markdown."""

from collections.abc import Iterator
from statistics import fmean
from typing import Any

from xray_core.evaluation.baseline_maps import BASELINES
from xray_core.evaluation.saliency_benchmark import CUTS, LEVELS

SALIENCY_FILE = "saliency.json"  # in a model's folder: what its maps are worth


def _by_level(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{level}" for name in names for level in LEVELS)


# Each table: the part of the report, and its measures.
TABLES = {
    "Opacities": ("opacities", ("pointing", "pointing_seen", "share", "iou", "iobb")),
    "Boxes": ("boxes", ("pointing", "share", *_by_level("any", "false"))),
    "Boxes by cut-offs that know the size": ("boxes", _by_level("iobb", "iou")),
    "Boxes by the largest part": (
        "boxes",
        _by_level(*(f"{name}_at_{at}" for at in CUTS for name in ("iobb", "iou"))),
    ),
    "Large opacities in adults' films": (
        "adults",
        ("pointing", "share", *_by_level("any", "false", "iobb", "iou")),
    ),
    "Faithfulness": (
        "faithfulness",
        ("deletion", "insertion", "insertion_less_deletion", "road", "inside_lungs"),
    ),
    "Randomisation": ("randomisation", ("rank_correlation",)),
}


# What the default map is judged by; more is better.
JUDGED = {
    "opacities": ("pointing", "share", "iou", "iobb"),
    "boxes": (
        *("pointing", "share"),
        *_by_level("any", "iobb", "iou", "iobb_at_60", "iobb_at_180"),
    ),
    "adults": ("pointing", "share", *_by_level("any", "iobb", "iou")),
    "faithfulness": ("insertion_less_deletion",),
}


def describe(report: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a Markdown table for each part of a report.

    From `xray_core.evaluation.saliency_benchmark.bench`.
    """
    films = report["films"]
    yield (
        f"Model *{report['model']['name']}*, network {report['model']['network'][:12]}; "
        f"{films['normal']} normal and {films['pneumonia']} pneumonia films. The inserted opacity "
        f"raised the score in {report['score']['rises']['value']:.0%} of the films, by "
        f"{report['score']['change']['value']:.2f} log-odds on average."
    )
    default, *_ = report["opacities"]
    yield f"\n### {_name(default).capitalize()} against the best of the five baselines\n"
    yield "| | default map | best baseline | |\n|---|---|---|---|"
    for part, measures in JUDGED.items():
        if part not in report:
            continue
        for measure in measures:
            values = {name: of[measure]["value"] for name, of in report[part].items()}
            yield f"| {part.capitalize()}: {_name(measure)} | {_compare(values, default)} |"
        if len(measures) > 1:
            means = {
                name: fmean(of[measure]["value"] for measure in measures)
                for name, of in report[part].items()
            }
            title = f"**{part.capitalize()}: mean of these {len(measures)}**"
            yield f"| {title} | {_compare(means, default)} |"
    for title, (part, columns) in TABLES.items():
        if part not in report:
            continue
        yield f"\n### {title}\n"
        yield "| map | n | " + " | ".join(_name(column) for column in columns) + " |"
        yield "|---" * (len(columns) + 2) + "|"
        for name, measures in report[part].items():
            count = max(measure["n"] for measure in measures.values())
            cells = (_cell(measures.get(column)) for column in columns)
            yield f"| {_name(name)} | {count} | " + " | ".join(cells) + " |"


def _compare(values: dict[str, float], default: str) -> str:
    """Cells: the default map's value, the best baseline's with its name, and who wins."""
    name = max(BASELINES, key=values.__getitem__)
    own, best = values[default], values[name]
    verdict = "wins" if own > best else "ties" if own == best else "loses"
    return f"{own:.3f} | {best:.3f}, {_name(name)} | {verdict}"


def _name(key: str) -> str:
    return key.replace("_", " ")


def _cell(measure: dict[str, Any] | None) -> str:
    if measure is None:
        return "–"
    low, high = measure["interval"]
    return f"{measure['value']:.3f} ({low:.2f} to {high:.2f})"
