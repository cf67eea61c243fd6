"""Compare a pile of answered films with the films of a validation."""

import argparse

from xray_core.commands import require_folder_of

SUMMARY = "see whether a table of answers looks like the films that were validated"
EXAMPLES = ("--table may.csv --reference report.json",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--table",
        required=True,
        metavar="TABLE.csv|.parquet",
        help="of `score`, best with its option --distance",
    )
    parser.add_argument(
        "--reference", required=True, metavar="REPORT.json", help="as `validate` writes it"
    )
    parser.add_argument(
        "--false-alarms",
        type=float,
        default=0.01,
        metavar="SHARE",
        help="of piles that are no different; default: %(default)s",
    )
    parser.add_argument("--out", metavar="WATCH.json", help="also write what was found")


def run(arguments: argparse.Namespace) -> int:
    from xray_core.evaluation.evaluate import save_report
    from xray_core.site.watch import read_reference, read_table, watch

    if arguments.out:
        require_folder_of(arguments.out)
    found = watch(
        read_reference(arguments.reference),
        read_table(arguments.table),
        false_alarms=arguments.false_alarms,
    )
    if arguments.out:
        save_report(found, arguments.out)
    print("\n".join(found["sentences"]))
    return 0
