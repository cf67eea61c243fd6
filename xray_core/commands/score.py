"""`python -m xray_core score`: answer every file of a folder into a table."""

from functools import partial

SUMMARY = "answer every file of a folder into a table; stop and resume at any point"


def configure(parser):
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--out", required=True, metavar="TABLE.csv|.parquet")
    parser.add_argument("--no-gate", action="store_true", help="also answer films that are unfit")
    parser.add_argument("--model", metavar="NAME", help="default: the first of the models")


def run(arguments):
    from tqdm import tqdm

    from xray_core.classifier import load_classifier
    from xray_core.score import score_folder

    summary = score_folder(
        load_classifier(arguments.model),
        arguments.folder,
        arguments.out,
        gate=not arguments.no_gate,
        progress=partial(tqdm, unit="film", disable=None),
    )
    print(
        f"{summary['files']} files in {arguments.out}: {summary['errors']} could not be read, "
        f"{summary['refused']} were refused; {summary['resumed']} were taken over from a run "
        "that was stopped"
    )
    return 0
