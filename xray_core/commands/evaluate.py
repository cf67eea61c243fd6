"""`python -m xray_core evaluate`: measure a model on a folder of labelled films."""

from functools import partial
from pathlib import Path

from xray_core.errors import UsageError
from xray_core.wording import measured

SUMMARY = "measure a model on a folder of labelled films"


def configure(parser):
    parser.add_argument(
        "--data", required=True, metavar="FOLDER", help="laid out as {train,val,test}/CLASS/film"
    )
    parser.add_argument("--split", default="test", help="default: %(default)s")
    parser.add_argument("--out", required=True, metavar="REPORT.json")
    parser.add_argument("--report", metavar="REPORT.html", help="also a page with figures")
    parser.add_argument("--model", metavar="NAME", help="default: the first of the models")


def run(arguments):
    from tqdm import tqdm

    from xray_core.classifier import load_classifier
    from xray_core.dataset import open_folder
    from xray_core.evaluate import evaluate, save_report

    for path in filter(None, (arguments.out, arguments.report)):
        if not Path(path).absolute().parent.is_dir():
            raise UsageError(f"The folder of {path} does not exist; create it or choose another.")
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
    if arguments.report:
        from xray_core.report import render_report

        Path(arguments.report).write_text(render_report(report), encoding="utf-8")
    print("\n".join(describe_report(report)))
    return 0


def describe_report(report):
    """Yield the lines of a small table of the report's measures."""
    from xray_core.report import describe_data, list_measures

    yield describe_data(report)
    yield f"{'measure':<32}{'films':>6}  value (95% interval)"
    for title, result in list_measures(report):
        reason = f"  {result['reason']}" if "reason" in result else ""
        yield f"{title:<32}{result['n']:>6}  {measured(result, digits=4)}{reason}"
