"""Measure what the explanations are worth."""

import json
from functools import partial
from pathlib import Path

from xray_core.errors import UsageError

SUMMARY = "measure what the explanations are worth"
COLUMNS = {
    "opacities": ("pointing", "pointing_seen", "share", "iou"),
    "boxes": (
        "pointing",
        "share",
        *(f"{key}_{at}" for key in ("iobb", "iou") for at in (0.1, 0.25, 0.5)),
    ),
    "randomisation": ("rank_correlation",),
    "faithfulness": ("deletion", "insertion", "insertion_less_deletion", "road", "inside_lungs"),
}


def configure(parser):
    from xray_core.saliency.methods import METHODS

    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    saliency = parts.add_parser("saliency", help="maps beside maps that know nothing")
    saliency.add_argument("--data", required=True, metavar="FOLDER", help="in the Kaggle layout")
    saliency.add_argument("--split", default="test", help="default: %(default)s")
    saliency.add_argument("--boxes", metavar="BOXES.csv", help="boxes beside a folder images")
    saliency.add_argument(
        "--films", type=int, default=100, help="of each label; default: %(default)s"
    )
    saliency.add_argument(
        "--methods", nargs="+", default=METHODS, choices=METHODS, metavar="METHOD"
    )
    saliency.add_argument("--model", metavar="NAME", help="default: the first of the models")
    saliency.add_argument("--out", required=True, metavar="REPORT.json")
    saliency.add_argument("--table", metavar="TABLE.md", help="also a table to read")
    saliency.set_defaults(measure=_measure_saliency)


def run(arguments):
    return arguments.measure(arguments)


def _measure_saliency(arguments):
    from tqdm import tqdm

    from xray_core.bench_saliency import bench
    from xray_core.classifier import load_classifier
    from xray_core.dataset import open_folder

    for path in filter(None, (arguments.out, arguments.table)):
        if not Path(path).absolute().parent.is_dir():
            raise UsageError(f"The folder of {path} does not exist; create it or choose another.")
    if arguments.films < 1:
        raise UsageError(f"Expected at least one film, got --films {arguments.films}.")
    samples = open_folder(arguments.data)
    groups = [
        _spread(samples.select(split=arguments.split, label=label), arguments.films)
        for label in ("NORMAL", "PNEUMONIA")
    ]
    if not all(groups):
        raise UsageError(
            f"{arguments.data} has no normal or no pneumonia films in '{arguments.split}'."
        )
    progress = partial(tqdm, unit="film", disable=None)
    report = bench(
        load_classifier(arguments.model),
        arguments.methods,
        *groups,
        boxes=arguments.boxes,
        progress=progress,
    )
    report["data"] = {"folder": Path(arguments.data).resolve().name, "split": arguments.split}
    Path(arguments.out).write_text(json.dumps(report, indent=1, allow_nan=False) + "\n")
    table = "\n".join(describe(report))
    if arguments.table:
        Path(arguments.table).write_text(table + "\n", encoding="utf-8")
    print(table)
    return 0


def _spread(samples, count):
    """As many samples as asked for, evenly over all of them."""
    step = max(1, len(samples) / count)
    return [samples[int(i * step)] for i in range(min(count, len(samples)))]


def describe(report):
    """Yield the lines of a Markdown table for each part of a report."""
    for part, columns in COLUMNS.items():
        if part not in report:
            continue
        yield f"\n### {part.capitalize()}\n"
        yield "| map | n | " + " | ".join(column.replace("_", " ") for column in columns) + " |"
        yield "|---" * (len(columns) + 2) + "|"
        for name, measures in report[part].items():
            films = max(measure["n"] for measure in measures.values())
            cells = (_cell(measures.get(column)) for column in columns)
            yield f"| {name.replace('_', ' ')} | {films} | " + " | ".join(cells) + " |"


def _cell(measure):
    if measure is None:
        return "–"
    low, high = measure["interval"]
    return f"{measure['value']:.3f} ({low:.2f} to {high:.2f})"
