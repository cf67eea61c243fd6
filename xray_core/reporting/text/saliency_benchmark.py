"""Tables of what the maps are worth, as Markdown."""

from collections.abc import Iterator
from typing import Any

from xray_core.evaluation.baseline_maps import ASK_NO_NETWORK
from xray_core.evaluation.saliency_benchmark import LEVELS

SALIENCY_FILE = "saliency.json"  # in a model's folder: what its maps are worth


def _by_level(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{level}" for name in names for level in LEVELS)


# Each table: the part of the report, and its measures.
TABLES = {
    "Opacities": (
        "opacities",
        ("pointing", "pointing_seen", "share", "average_precision", "iou", "iobb"),
    ),
    "Boxes": ("boxes", ("pointing", "share", "average_precision", "iobb_0.5", "iou_0.5")),
    "Boxes, counted as published": ("boxes", _by_level("any", "false")),
    "Large opacities in adults' films": (
        "adults",
        ("pointing", "share", "average_precision", "iobb_0.5", "any_0.5", "false_0.5"),
    ),
    "Faithfulness": (
        "faithfulness",
        ("deletion", "insertion", "insertion_less_deletion", "noisy_deletion", "inside_lungs"),
    ),
    "Randomisation": ("randomisation", ("shuffled_last", "shuffled_half", "shuffled_all")),
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
    yield f"\n### {_name(default).capitalize()} less what asks no network, on the same films\n"
    pairs = [
        (part, measure)
        for part, of in report["paired"].items()
        for measure in next(iter(of.values()))
    ]
    yield "| | " + " | ".join(map(_name, ASK_NO_NETWORK)) + " |"
    yield "|---" * (len(ASK_NO_NETWORK) + 1) + "|"
    for part, measure in pairs:
        cells = (_cell(report["paired"][part][name][measure], "+.2f") for name in ASK_NO_NETWORK)
        yield f"| {part.capitalize()}: {_name(measure)} | " + " | ".join(cells) + " |"
    yield f"\n### {_name(default).capitalize()} by projection and size\n"
    yield "| | n | pointing | share | average precision |\n|---|---|---|---|---|"
    for part, groups in report["groups"].items():
        for group, maps in groups.items():
            if not maps[default]:
                continue
            cells = (
                _cell(maps[default].get(measure))
                for measure in ("pointing", "share", "average_precision")
            )
            count = maps[default]["pointing"]["n"]
            yield f"| {part.capitalize()}: {group} | {count} | " + " | ".join(cells) + " |"
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


def _name(key: str) -> str:
    return key.replace("_", " ")


def _cell(measure: dict[str, Any] | None, form: str = ".3f") -> str:
    if measure is None:
        return "–"
    low, high = measure["interval"]
    return f"{measure['value']:{form}} ({low:.2f} to {high:.2f})"
