"""`python -m xray_core evaluate`: measure a model on a folder of labelled films."""

import argparse
from functools import partial
from pathlib import Path

from xray_core.commands import add_model
from xray_core.errors import UsageError

SUMMARY = "measure a model on a folder of labelled films"
EXAMPLES = ("--data chest_xray --out report.json",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", required=True, metavar="FOLDER", help="laid out as {train,val,test}/CLASS/film"
    )
    parser.add_argument("--split", default="test", help="default: %(default)s")
    parser.add_argument("--out", required=True, metavar="REPORT.json")
    add_model(parser)


def run(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from xray_core.classifier import load_classifier
    from xray_core.datasets.catalogue import open_folder
    from xray_core.evaluation.evaluate import evaluate, save_report
    from xray_core.reporting.text.evaluation import describe_report

    if not Path(arguments.out).absolute().parent.is_dir():
        raise UsageError(
            f"The folder of {arguments.out} does not exist; create it or choose another."
        )
    catalogue = open_folder(arguments.data)
    samples = catalogue.select(split=arguments.split)
    if not samples:
        splits = sorted({sample.split for sample in catalogue.samples})
        raise UsageError(
            f"{arguments.data} has no films in a split '{arguments.split}'; "
            f"choose --split from: {', '.join(splits) or 'none, the folder is empty'}."
        )
    report = evaluate(
        load_classifier(arguments.model),
        samples,
        folder=Path(arguments.data).resolve().name,
        progress=partial(tqdm, unit="film", disable=None),
    )
    save_report(report, arguments.out)
    print("\n".join(describe_report(report)))
    return 0
