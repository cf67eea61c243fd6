"""Answer for single films."""

import argparse
import json
from pathlib import Path

from xray_core.batch.table import error_row, prediction_row
from xray_core.classifier import load_classifier
from xray_core.commands import add_model, add_site
from xray_core.errors import UsageError, XrayError
from xray_core.inference.site_calibration import chosen_site
from xray_core.io.radiograph import load_radiograph

SUMMARY = "classify films: one JSON object a line"
EXAMPLES = (
    "film.jpeg",
    "films/*.jpeg --no-gate > answers.jsonl",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="JSON lines, which is the default")
    parser.add_argument("--no-gate", action="store_true", help="answer refused films, too")
    add_model(parser)
    add_site(parser)


def run(arguments: argparse.Namespace) -> int:
    folders = [file for file in arguments.files if Path(file).is_dir()]
    if folders:
        raise UsageError(
            f"Expected films, but '{folders[0]}' is a folder: `score {folders[0]} --out TABLE.csv` "
            "answers all films of one."
        )
    classifier = load_classifier(arguments.model, site=chosen_site(arguments.site))
    worst = 0
    for file in arguments.files:
        try:
            prediction = classifier.predict(load_radiograph(file))
            row = prediction_row(file, prediction.ungated() if arguments.no_gate else prediction)
        except XrayError as error:
            row, worst = error_row(file, error, classifier.name), 2
        print(json.dumps(row, allow_nan=False), flush=True)
    return worst
