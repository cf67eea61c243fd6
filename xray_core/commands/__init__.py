"""One short file a command: its words and options, and whom it asks."""

import argparse
from pathlib import Path

from xray_core.errors import UsageError
from xray_core.inference.model_card import DEFAULT_MODEL, list_models


def require_folder_of(path: str | Path) -> None:
    """Raise UsageError where the folder is missing that a file is to be written to."""
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; create it or choose another.")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the classifier."""
    parser.add_argument(
        "--model",
        metavar="NAME",
        help=f"{' | '.join(list_models()) or 'a folder in models/'}; default: {DEFAULT_MODEL}",
    )
