"""Train the segmentation of the lungs."""

import argparse

from xray_core.training.config import LungTrainingConfig, add_settings, configured

SUMMARY = "train the network that finds the lungs"
EXAMPLES = ("--data chest_xray --masks lung_masks --out models/lung_fields",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, help="films in the Kaggle layout")
    parser.add_argument("--masks", required=True, help="their lung masks in the same layout")
    parser.add_argument("--adults", help="a folder with images/ and masks/ of adult films")
    parser.add_argument("--out", required=True, help="model folder to write")
    add_settings(parser, LungTrainingConfig)


def run(arguments: argparse.Namespace) -> int:
    from xray_core.training.segmenter import train_lungs

    config = configured(LungTrainingConfig(), arguments)
    card = train_lungs(arguments.data, arguments.masks, arguments.adults, arguments.out, config)
    for name, result in card["results"].items():
        print(f"{name}: mean Dice {result['dice_mean']:.4f} over {result['n']} films")
    return 0
