"""Measure the model on a site's own labelled films."""

import argparse
from pathlib import Path

from xray_core.commands import (
    add_films,
    add_model,
    add_site,
    answer_site,
    read_site,
    require_folder_of,
)

SUMMARY = "see how the model does on your own labelled films; stop and resume"
EXAMPLES = (
    "--data films/ --out report.json",
    "--data films.csv --by device --prevalence 0.1 --out report.json --report report.pdf",
)


def configure(parser: argparse.ArgumentParser) -> None:
    add_films(parser)
    parser.add_argument("--out", required=True, metavar="REPORT.json")
    parser.add_argument("--report", metavar="REPORT.pdf", help="also write pages for people")
    parser.add_argument("--title", default="", help="what the films are called")
    parser.add_argument(
        "--prevalence",
        type=float,
        metavar="SHARE",
        help="of pneumonia where the answers shall be used; default: as among the films",
    )
    add_model(parser)
    add_site(parser)


def run(arguments: argparse.Namespace) -> int:
    from xray_core.classifier import load_classifier
    from xray_core.evaluation.evaluate import save_report
    from xray_core.inference.site_calibration import chosen_site
    from xray_core.site.films import truth_of
    from xray_core.site.validate import require_both, validate

    for path in filter(None, (arguments.out, arguments.report)):
        require_folder_of(path)
    films = read_site(arguments)
    require_both(truth_of(films.films))  # before minutes are spent on them
    classifier = load_classifier(arguments.model, threads=1, site=chosen_site(arguments.site))
    answers = answer_site(classifier, films, arguments.out)
    report = validate(
        classifier.card,
        answers,
        title=arguments.title or films.title,
        by=films.by,
        prevalence=arguments.prevalence,
    )
    save_report(report, arguments.out)
    if arguments.report:
        from xray_core.reporting.site_pdf import validation_report

        pictures = {film.name: film for film in answers.films}
        Path(arguments.report).write_bytes(validation_report(report, pictures))
    print("\n".join(report["sentences"]))
    return 0
