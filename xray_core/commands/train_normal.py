"""Average the normal films that a model has learned from."""

import argparse

from xray_core.errors import DataError

SUMMARY = "average the normal films that a model's evidence is compared with"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="FOLDER", help="in the Kaggle layout")
    parser.add_argument("--model", metavar="NAME", help="default: the first of the models")


def run(arguments: argparse.Namespace) -> int:
    from xray_core.classifier import load_classifier
    from xray_core.datasets.catalogue import open_folder
    from xray_core.datasets.splits import split_by_patient
    from xray_core.inference.model_card import model_folder
    from xray_core.saliency.beyond_normal import NORMAL_FILE
    from xray_core.saliency.grad_cam import signed_evidence
    from xray_core.training.normal_films import average_normal, save_normal

    classifier = load_classifier(arguments.model)
    config = classifier.card.training["config"]
    samples = open_folder(arguments.data).select(split="train")
    kept, _ = split_by_patient(samples, config["validation_share"], config["seed"])
    normal = [sample for sample in kept if sample.label == "NORMAL"]
    if not normal:
        raise DataError(f"Expected normal films under {arguments.data}/train, found none.")
    looks = [classifier.look(sample.open()) for sample in normal]
    looks = [look for look in looks if look.lungs.box is not None]
    average = average_normal(
        {
            target: [signed_evidence(look.class_maps, look.logits, mask) for look in looks]
            for target, mask in classifier.targets.items()
        },
        [look.view.grey for look in looks],
        classifier.network_hash,
    )
    save_normal(average, model_folder(classifier.name) / NORMAL_FILE)
    print(f"{average.films} normal films averaged")
    return 0
