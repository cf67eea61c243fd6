"""Measure what a model leans on besides disease."""

import argparse
from functools import partial

from xray_core.commands import add_model, require_folder_of

SUMMARY = "measure what a model leans on: outline, projection, device, copies of a film"
EXAMPLES = ("--data chest_xray --adults adults --out probes.json",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        required=True,
        metavar="CHEST_XRAY",
        help="the folder that the model was trained on, laid out as {train,val,test}/CLASS/film",
    )
    parser.add_argument("--adults", metavar="FOLDER", help="with images/ and labels.csv")
    parser.add_argument(
        "--masks",
        metavar="LUNG_MASKS",
        help="laid out as {train,val,test}/CLASS/film; default: the lungs that the model finds",
    )
    add_model(parser)
    parser.add_argument("--out", required=True, metavar="PROBES.json")


def run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from tqdm import tqdm

    from xray_core.classifier import load_classifier
    from xray_core.errors import UsageError
    from xray_core.evaluation.evaluate import save_report
    from xray_core.evaluation.probes.run import probe
    from xray_core.extras import require
    from xray_core.reporting.text.probes import describe_probes

    require_folder_of(arguments.out)
    if arguments.masks and not Path(arguments.masks).is_dir():
        raise UsageError(
            f"Expected a folder of lung masks at {arguments.masks}, which is none: choose another, "
            "or leave --masks out."
        )
    require("sklearn")
    report = probe(
        load_classifier(arguments.model),
        arguments.data,
        adults=arguments.adults,
        masks=arguments.masks,
        progress=partial(tqdm, unit="probe", disable=None),
    )
    save_report(report, arguments.out)
    print("\n".join(describe_probes(report)))
    return 0
