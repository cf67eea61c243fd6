"""Measure what the style of the films gives away."""

import argparse

SUMMARY = "measure how well the films' style alone tells their label"
EXAMPLES = ("--data chest_xray --split train",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="FOLDER", help="in the Kaggle layout")
    parser.add_argument("--split", default="train", help="default: train")
    parser.add_argument("--out", metavar="REPORT.json")


def run(arguments: argparse.Namespace) -> int:
    from functools import partial

    from tqdm import tqdm

    from xray_core.audit.shortcuts import STYLES, probe
    from xray_core.datasets.catalogue import open_folder
    from xray_core.datasets.kermany import load_manifest
    from xray_core.evaluation.evaluate import save_report
    from xray_core.inference.segmentation import load_segmenter
    from xray_core.reporting.wording import measured

    samples = open_folder(arguments.data).select(split=arguments.split)
    table = load_manifest().dropna(subset=["width", "height"])
    sizes = {row.name: (row.width, row.height) for row in table.itertuples(index=False)}
    report = probe(samples, load_segmenter(), sizes, partial(tqdm, unit="film", disable=None))
    if arguments.out:
        save_report(report, arguments.out)
    for name, result in report["styles"].items():
        print(f"{STYLES[name]}: AUC {measured(result)}")
    return 0
