"""Train a classifier."""

import argparse
import json
from pathlib import Path
from typing import Any

from xray_core.errors import UsageError
from xray_core.training.config import PRESETS, TrainingConfig, add_settings, configured

SUMMARY = "train a classifier on folders of films"
EXAMPLES = (
    "--data chest_xray --out models/mine",
    "--data chest_xray --adults adults --out models/mine --epochs 2",
    "--data mine --start models/lungs --adults adults --out models/on --learning-rate 3e-4",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, help="children's films in the Kaggle layout")
    parser.add_argument(
        "--adults", metavar="FOLDER", help="adults' films: images/, labels.csv and boxes.csv"
    )
    parser.add_argument("--out", required=True, help="model folder to write, such as models/mine")
    parser.add_argument("--about", metavar="FILE.json", help="texts for the model's card")
    parser.add_argument(
        "--preset", default="lungs", choices=tuple(PRESETS), help="default: %(default)s"
    )
    add_settings(parser, TrainingConfig)


def run(arguments: argparse.Namespace) -> int:
    from xray_core.training.classifier import train

    config = configured(PRESETS[arguments.preset], arguments)
    about = read_about(arguments.about) if arguments.about else None
    card = train(arguments.data, arguments.out, config, adults=arguments.adults, about=about)
    validation = card["validation"]
    print(
        f"{arguments.out}: AUC {validation['auc_jittered']:.4f} on {validation['films']} "
        "validation films, shown jittered"
    )
    return 0


def read_about(path: str | Path) -> dict[str, Any]:
    """Read the texts for a card; UsageError where the file is not a JSON object."""
    try:
        about: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        about.items()
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(
            f"Expected a JSON object of texts in '{path}' and could not read it ({error}): see "
            "xray_core/training/about.json for one."
        ) from error
    return about
