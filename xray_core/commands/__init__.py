"""One short file a command: its words and options, and whom it asks."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xray_core.errors import UsageError
from xray_core.inference.model_card import DEFAULT_MODEL, list_models

if TYPE_CHECKING:
    from xray_core.classifier import Classifier
    from xray_core.site.answers import Answers
    from xray_core.site.films import LabelledFilms


def require_folder_of(path: str | Path) -> None:
    """Raise UsageError where the folder is missing that a file is to be written to."""
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; create it or choose another.")


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add the option that names a site's calibration; `chosen_site` reads it."""
    parser.add_argument(
        "--site",
        metavar="SITE.json",
        help="a calibration as `calibrate` writes it; default: the environment's XRAY_SITE, or the "
        "model's own",
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the classifier."""
    parser.add_argument(
        "--model",
        metavar="NAME",
        help=f"{' | '.join(list_models()) or 'a folder in models/'}; default: {DEFAULT_MODEL}",
    )


def add_films(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where a site's labelled films are, for `read_site`."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="FOLDER|ZIP|TABLE",
        help="films in folders named by their label, or a table (.csv, .parquet) with a row each",
    )
    for name, default in (("normal", "NORMAL"), ("pneumonia", "PNEUMONIA")):
        parser.add_argument(
            f"--{name}",
            nargs="+",
            default=[default],
            metavar="LABEL",
            help=f"labels that count as {name}; default: %(default)s",
        )
    parser.add_argument(
        "--ignore", nargs="+", default=[], metavar="LABEL", help="labels whose films are left out"
    )
    for name, default in (("path", "image"), ("label", "label"), ("patient", "patient")):
        parser.add_argument(
            f"--{name}-column",
            default=default,
            metavar="COLUMN",
            help=f"of a table: its {name}; default: %(default)s",
        )
    parser.add_argument(
        "--by", default="", metavar="COLUMN", help="of a table: compare groups, such as the device"
    )
    parser.add_argument(
        "--where",
        nargs="+",
        default=[],
        metavar="COLUMN=VALUE",
        help="of a table: only films that have these values count",
    )
    parser.add_argument(
        "--root", default="", metavar="FOLDER", help="from where a table's paths go"
    )


def read_site(arguments: argparse.Namespace) -> "LabelledFilms":
    """Find the films that the options of `add_films` name; raises as `read_films` of site does."""
    from xray_core.site.films import Reading, read_films

    for condition in arguments.where:
        if "=" not in condition:
            raise UsageError(f"Expected --where COLUMN=VALUE, got '{condition}'.")
    reading = Reading(
        normal=arguments.normal,
        pneumonia=arguments.pneumonia,
        ignored=arguments.ignore,
        path=arguments.path_column,
        label=arguments.label_column,
        patient=arguments.patient_column,
        group=arguments.by,
        where=[(column, value) for column, _, value in (c.partition("=") for c in arguments.where)],
        root=arguments.root,
    )
    return read_films(arguments.data, reading)


def answer_site(classifier: "Classifier", films: "LabelledFilms", out: str) -> "Answers":
    """Answer a site's films with progress; the answers so far are kept beside ``out``."""
    from tqdm import tqdm

    from xray_core.site.answers import answer_films

    path = Path(out)
    try:
        return answer_films(
            classifier,
            films.films,
            part=path.with_name(path.name + ".part"),
            progress=partial(tqdm, unit="film", disable=None),
        )
    except KeyboardInterrupt:
        print("\nThe answers so far are kept; the same command goes on there.", file=sys.stderr)
        raise
