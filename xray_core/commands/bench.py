"""Measure how fast the project is, and what the explanations are worth."""

import csv
import json
from functools import partial
from pathlib import Path

from benchmarks.report import SPEED_FILE
from xray_core.errors import UsageError

SUMMARY = "measure how fast it is, and what the explanations are worth"


def configure(parser):
    from xray_core.reporting.text.saliency_benchmark import SALIENCY_FILE
    from xray_core.saliency.registry import METHODS

    parts = parser.add_subparsers(dest="part", metavar="PART", title="one part alone")
    _configure_speed(parser, ("latency", "throughput"))
    for part, what in (
        ("latency", "one film, from its bytes to the answer with overlay"),
        ("throughput", "films a second in bulk"),
    ):
        _configure_speed(parts.add_parser(part, help=what), (part,))
    saliency = parts.add_parser("saliency", help="maps beside maps that know nothing")
    saliency.add_argument("--data", required=True, metavar="FOLDER", help="in the Kaggle layout")
    saliency.add_argument(
        "--split",
        default="test",
        help="default: %(default)s; 'aside': films of patients that the training set aside",
    )
    saliency.add_argument("--boxes", metavar="BOXES.csv", help="boxes beside a folder images")
    saliency.add_argument(
        "--adults", metavar="FOLDER", help="adults' films beside labels.csv: large opacities, too"
    )
    saliency.add_argument("--films", type=int, help="of each label; default: all")
    saliency.add_argument(
        "--methods", nargs="+", default=list(METHODS), choices=METHODS, metavar="METHOD"
    )
    saliency.add_argument("--model", metavar="NAME", help="default: the first of the models")
    saliency.add_argument(
        "--out", metavar="REPORT.json", help=f"default: {SALIENCY_FILE} in the model's folder"
    )
    saliency.set_defaults(measure=_measure_saliency)


def _configure_speed(parser, parts):
    parser.add_argument(
        "--out", default=str(SPEED_FILE), metavar="REPORT.json", help="default: %(default)s"
    )
    parser.add_argument("--rounds", type=int, default=9, help="default: %(default)s")
    parser.add_argument(
        "--no-notebook", action="store_true", help="do without TensorFlow and the usual way"
    )
    parser.set_defaults(measure=partial(_measure_speed, parts))


def run(arguments):
    return arguments.measure(arguments)


def _measure_speed(parts, arguments):
    from benchmarks.latency import bench_latency, make_film
    from benchmarks.report import describe_speed, save_part
    from benchmarks.throughput import bench_throughput
    from xray_core.classifier import load_classifier
    from xray_core.datasets.catalogue import require_catalogue

    _check_folder(arguments.out)
    if arguments.rounds < 2:
        raise UsageError(f"Expected at least two rounds, got --rounds {arguments.rounds}.")
    samples = require_catalogue("samples").samples
    options = {"rounds": arguments.rounds, "notebook": not arguments.no_notebook}
    for part in parts:
        if part == "latency":
            film = make_film(samples[-1].open().pixels)
            figures = bench_latency(load_classifier(), film, **options)
        else:
            figures = bench_throughput(load_classifier(threads=1), samples, **options)
        report = save_part(arguments.out, part, figures)
    print("\n".join(describe_speed(report)))
    return 0


def _check_folder(path):
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; create it or choose another.")


def _measure_saliency(arguments):
    from tqdm import tqdm

    from xray_core.classifier import load_classifier
    from xray_core.datasets.catalogue import open_folder
    from xray_core.evaluation.saliency_benchmark import bench
    from xray_core.inference.model_card import model_folder
    from xray_core.reporting.text.saliency_benchmark import SALIENCY_FILE, describe

    classifier = load_classifier(arguments.model)
    out = Path(arguments.out or model_folder(classifier.name) / SALIENCY_FILE)
    _check_folder(out)
    if arguments.films is not None and arguments.films < 1:
        raise UsageError(f"Expected at least one film, got --films {arguments.films}.")
    samples = _select(open_folder(arguments.data), arguments.split, classifier.card)
    groups = [
        _spread([sample for sample in samples if sample.label == label], arguments.films)
        for label in ("NORMAL", "PNEUMONIA")
    ]
    if not all(groups):
        raise UsageError(
            f"{arguments.data} has no normal or no pneumonia films in '{arguments.split}'."
        )
    adults = _normal_films(arguments.adults) if arguments.adults else []
    report = bench(
        classifier,
        arguments.methods,
        *groups,
        boxes=arguments.boxes,
        adults=_spread(adults, arguments.films),
        progress=partial(tqdm, unit="film", disable=None),
    )
    report["data"] = {"folder": Path(arguments.data).resolve().name, "split": arguments.split}
    out.write_text(json.dumps(report, indent=1, allow_nan=False) + "\n")
    print("\n".join(describe(report)))
    return 0


def _normal_films(folder):
    """Films that ``labels.csv`` of a folder calls normal, beside it in ``images``."""
    from xray_core.io.radiograph import load_radiograph

    table = Path(folder) / "labels.csv"
    if not table.is_file():
        raise UsageError(f"Expected a table {table} with the columns image and label, found none.")
    with open(table, newline="") as file:
        names = [row["image"] for row in csv.DictReader(file) if row["label"] == "NORMAL"]
    return [load_radiograph(table.parent / "images" / name) for name in names]


def _select(samples, split, card):
    """Films of a split, or those of patients that the card's training set aside from train."""
    if split != "aside":
        return samples.select(split=split)
    from xray_core.datasets.splits import split_by_patient

    config, films = card.training["config"], samples.select(split="train")
    return split_by_patient(films, config["validation_share"], config["seed"])[1]


def _spread(samples, count):
    """As many samples as asked for, evenly over all of them; all where no number is given."""
    if count is None or count >= len(samples):
        return samples
    step = len(samples) / count
    return [samples[int(i * step)] for i in range(count)]
