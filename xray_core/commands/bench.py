"""Measure how fast the project is, and what the explanations are worth."""

import argparse
import json
from functools import partial
from pathlib import Path

from xray_core.commands import add_model, require_folder_of
from xray_core.errors import UsageError
from xray_core.places import INSTALLED

SUMMARY = "measure how fast it is, and what the explanations are worth"
EXAMPLES = (
    "latency --rounds 3",
    "saliency --data chest_xray --films 20",
)


def configure(parser: argparse.ArgumentParser) -> None:
    from xray_core.reporting.text.saliency_benchmark import SALIENCY_FILE
    from xray_core.saliency.registry import METHODS

    parts = parser.add_subparsers(dest="part", metavar="PART", title="one part alone")
    configure_speed(parser, parser)
    parser.set_defaults(measure=partial(_measure_speed, ("latency", "throughput")))
    for part, what in (
        ("latency", "one film, from its bytes to the answer with overlay"),
        ("throughput", "films a second in bulk"),
    ):
        alone = parts.add_parser(part, help=what)
        configure_speed(alone, parser)
        alone.set_defaults(measure=partial(_measure_speed, (part,)))
    saliency = parts.add_parser("saliency", help="maps beside maps that know nothing")
    saliency.add_argument("--data", required=True, metavar="FOLDER", help="in the Kaggle layout")
    saliency.add_argument(
        "--split",
        default="test",
        help="default: %(default)s; 'aside': films of patients that the training set aside",
    )
    saliency.add_argument("--boxes", metavar="BOXES.csv", help="boxes beside a folder images")
    saliency.add_argument("--boxes-split", default="", help="of films with boxes; default: all")
    saliency.add_argument(
        "--adults", metavar="FOLDER", help="adults' films beside labels.csv: large opacities, too"
    )
    saliency.add_argument("--films", type=int, help="of each label; default: all")
    saliency.add_argument(
        "--methods", nargs="+", default=list(METHODS), choices=METHODS, metavar="METHOD"
    )
    add_model(saliency)
    saliency.add_argument(
        "--out", metavar="REPORT.json", help=f"default: {SALIENCY_FILE} in the model's folder"
    )
    saliency.set_defaults(measure=_measure_saliency)


def configure_speed(parser: argparse.ArgumentParser, whole: argparse.ArgumentParser) -> None:
    """Add what measurements of speed can be told.

    Before the name of a part an option counts as after it, so only ``whole`` has defaults: those of
    a part would overwrite what was said before its name.
    """
    for name, default, options in (
        ("--out", "docs/speed.json", {"metavar": "REPORT.json"}),
        ("--rounds", 9, {"type": int, "metavar": "N"}),
    ):
        here = default if parser is whole else argparse.SUPPRESS
        parser.add_argument(name, default=here, help=f"default: {default}", **options)
    parser.add_argument(
        "--no-notebook",
        action="store_true",
        default=False if parser is whole else argparse.SUPPRESS,
        help="do without TensorFlow and the usual way",
    )


def run(arguments: argparse.Namespace) -> int:
    code: int = arguments.measure(arguments)
    return code


def _measure_speed(parts: tuple[str, ...], arguments: argparse.Namespace) -> int:
    if INSTALLED:
        raise UsageError(
            "Expected a checkout of the sources, because its folder benchmarks/ measures the "
            "speed, but this is an installed package: run the command in a checkout."
        )
    from benchmarks.speed import measure

    return measure(parts, arguments.out, arguments.rounds, not arguments.no_notebook)


def _measure_saliency(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from xray_core.classifier import load_classifier
    from xray_core.datasets.catalogue import open_folder
    from xray_core.evaluation.films import load_normal_adults, select_split, spread
    from xray_core.evaluation.saliency_benchmark import bench
    from xray_core.inference.model_card import model_folder
    from xray_core.reporting.text.saliency_benchmark import SALIENCY_FILE, describe

    classifier = load_classifier(arguments.model)
    out = Path(arguments.out or model_folder(classifier.name) / SALIENCY_FILE)
    require_folder_of(out)
    if arguments.films is not None and arguments.films < 1:
        raise UsageError(f"Expected at least one film, got --films {arguments.films}.")
    samples = select_split(open_folder(arguments.data), arguments.split, classifier.card)
    normal, pneumonia = (
        spread([sample for sample in samples if sample.label == label], arguments.films)
        for label in ("NORMAL", "PNEUMONIA")
    )
    if not normal or not pneumonia:
        raise UsageError(
            f"{arguments.data} has no normal or no pneumonia films in '{arguments.split}'."
        )
    adults = load_normal_adults(arguments.adults) if arguments.adults else []
    report = bench(
        classifier,
        arguments.methods,
        normal,
        pneumonia,
        boxes=Path(arguments.boxes) if arguments.boxes else None,
        boxes_split=arguments.boxes_split,
        adults=spread(adults, arguments.films),
        progress=partial(tqdm, unit="film", disable=None),
    )
    report["data"] = {"folder": Path(arguments.data).resolve().name, "split": arguments.split}
    out.write_text(json.dumps(report, indent=1, allow_nan=False) + "\n")
    print("\n".join(describe(report)))
    return 0
