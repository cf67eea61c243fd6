"""Measure a model on films of another kind than it was trained on."""

import argparse
from pathlib import Path

from xray_core.commands import add_model

SUMMARY = "measure a model on films from elsewhere: a folder with images/ and labels.csv"
EXAMPLES = ('--data adults --split test --out report.json --title "Adults"',)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="FOLDER")
    parser.add_argument("--split", default="", help="by default all films")
    parser.add_argument("--out", required=True, metavar="REPORT.json")
    parser.add_argument("--title", default="", help="what these films are")
    parser.add_argument("--note", default="", help="what to know about them")
    add_model(parser)


def run(arguments: argparse.Namespace) -> int:
    from xray_core.classifier import load_classifier
    from xray_core.evaluation.evaluate import save_report
    from xray_core.evaluation.external import evaluate_external
    from xray_core.reporting.wording import measured

    report = evaluate_external(
        load_classifier(arguments.model), arguments.data, split=arguments.split
    )
    title = arguments.title or Path(arguments.data).resolve().name
    save_report({"title": title, "note": arguments.note, **report}, arguments.out)
    print(f"{title}: {report['n']} films, {report['refused']} of them refused by the quality gate")
    for group in report["groups"]:
        print(f"{group['name']:<42}{group['n']:>5} films  AUC {measured(group['auc'])}")
    for group in report["called"]:
        print(f"{group['name']:<42}{group['n']:>5} films  called {measured(group['share'])}")
    return 0
