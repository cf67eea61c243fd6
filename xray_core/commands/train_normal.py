"""Average the normal films that a model has learned from."""

import argparse

SUMMARY = "average the normal films that a model's evidence is compared with"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="FOLDER", help="in the Kaggle layout")
    parser.add_argument("--model", metavar="NAME", help="default: the first of the models")


def run(arguments: argparse.Namespace) -> int:
    from xray_core.classifier import load_classifier
    from xray_core.inference.model_card import model_folder
    from xray_core.saliency.beyond_normal import NORMAL_FILE
    from xray_core.training.normal_films import make_normal_films, save_normal

    classifier = load_classifier(arguments.model)
    normal = make_normal_films(arguments.data, classifier)
    save_normal(normal, model_folder(classifier.name) / NORMAL_FILE)
    print(f"{normal.films} normal films averaged")
    return 0
