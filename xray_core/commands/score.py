"""`python -m xray_core score`: answer every film of a source into a table."""

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from xray_core.commands import add_model, add_site

if TYPE_CHECKING:
    from xray_core.batch.score import Questions, Run
    from xray_core.classifier import Classifier

SUMMARY = "answer every film of a folder, archive, list or address into a table; stop and resume"
EXAMPLES = (
    "films/ --out answers.csv",
    "films.zip --out answers.parquet --regions",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="a folder, a ZIP archive, a .txt file with a path a line, or an address such as "
        "s3://bucket/films",
    )
    parser.add_argument("--out", required=True, metavar="TABLE.csv|.parquet")
    parser.add_argument("--no-gate", action="store_true", help="also answer films that are unfit")
    parser.add_argument("--regions", action="store_true", help="also say where the evidence lies")
    parser.add_argument(
        "--distance",
        action="store_true",
        help="also say how far each film lies from those the gate knows, which `monitor` compares",
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS|FILE.json|local",
        help="let the workers of a Dask scheduler answer, named by its address or its scheduler "
        "file, or of one that is started here",
    )
    add_model(parser)
    add_site(parser)


def run(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from xray_core.batch.score import Questions, score_films
    from xray_core.classifier import load_classifier
    from xray_core.inference.site_calibration import chosen_site

    site = chosen_site(arguments.site)
    classifier = load_classifier(arguments.model, threads=1, site=site)
    questions = Questions(
        not arguments.no_gate, arguments.regions, arguments.distance, site is not None
    )
    try:
        with _workers(arguments.cluster, classifier, questions) as run:
            summary = score_films(
                classifier,
                arguments.source,
                arguments.out,
                questions=questions,
                run=run,
                progress=partial(tqdm, unit="film", disable=None),
            )
    except KeyboardInterrupt:
        print("\nThe rows so far are kept; the same command goes on from there.", file=sys.stderr)
        raise
    print(
        f"{summary['files']} files in {arguments.out}: {summary['errors']} could not be read, "
        f"{summary['refused']} were refused; {summary['resumed']} were taken over from a run "
        "that was stopped"
    )
    return 0


def _workers(
    address: str | None, classifier: "Classifier", questions: "Questions"
) -> "AbstractContextManager[Run | None]":
    if address is None:
        return nullcontext()
    from xray_core.batch.cluster import open_cluster

    return open_cluster(address, classifier, questions)
