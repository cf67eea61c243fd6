"""Fit the model's zero to a site's own labelled films."""

import argparse
import sys
from functools import partial
from pathlib import Path

from xray_core.commands import add_films, add_model, read_site, require_folder_of

SUMMARY = "fit the zero of the score to your own labelled films, for --site of other commands"
EXAMPLES = (
    "--data films/ --title Ward-3 --out site.json",
    "--data films.csv --normal healthy --pneumonia opacity --out site.json",
)


def configure(parser: argparse.ArgumentParser) -> None:
    add_films(parser)
    parser.add_argument("--out", required=True, metavar="SITE.json")
    parser.add_argument("--title", default="", help="what the site is called; default: the data's")
    add_model(parser)


def run(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from xray_core.classifier import load_classifier
    from xray_core.evaluation.evaluate import save_report
    from xray_core.reporting.text.site import describe_calibration
    from xray_core.site.answers import answer_films
    from xray_core.site.calibrate import calibrate, choose_kind
    from xray_core.site.films import truth_of

    require_folder_of(arguments.out)
    films = read_site(arguments)
    truth = truth_of(films.films)
    choose_kind(int((~truth).sum()), int(truth.sum()))  # before minutes are spent on them
    classifier = load_classifier(arguments.model, threads=1)
    out = Path(arguments.out)
    try:
        answers = answer_films(
            classifier,
            films.films,
            part=out.with_name(out.name + ".part"),
            progress=partial(tqdm, unit="film", disable=None),
        )
    except KeyboardInterrupt:
        print("\nThe answers so far are kept; the same command goes on there.", file=sys.stderr)
        raise
    site = calibrate(classifier.card, answers, title=arguments.title or films.title)
    save_report(site, out)
    print("\n".join([*describe_calibration(site), *answers.notes]))
    return 0
