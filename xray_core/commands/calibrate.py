"""Fit the model's zero to a site's own labelled films."""

import argparse

from xray_core.commands import add_films, add_model, answer_site, read_site, require_folder_of

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
    from xray_core.classifier import load_classifier
    from xray_core.evaluation.evaluate import save_report
    from xray_core.reporting.text.site import describe_calibration
    from xray_core.site.calibrate import calibrate, choose_kind
    from xray_core.site.films import truth_of

    require_folder_of(arguments.out)
    films = read_site(arguments)
    truth = truth_of(films.films)
    choose_kind(int((~truth).sum()), int(truth.sum()))  # before minutes are spent on them
    classifier = load_classifier(arguments.model, threads=1)
    answers = answer_site(classifier, films, arguments.out)
    site = calibrate(classifier.card, answers, title=arguments.title or films.title)
    save_report(site, arguments.out)
    print("\n".join([*describe_calibration(site), *answers.notes]))
    return 0
