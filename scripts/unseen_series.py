"""V1: are normal films of a series that training has never shown called normal, too?

``python -m scripts.unseen_series CHILDREN ADULTS`` trains one network of the default's settings for
each of the two series of normal studies (IM, NORMAL2-IM), with the other's normal films left out,
and prints what films of patients set aside say of both. docs/experiments.md keeps it. No test is
read.
"""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np

from xray_core.datasets.kermany import odd_device
from xray_core.datasets.splits import split_by_patient
from xray_core.evaluation.metrics import auc, wilson
from xray_core.training.calibration import calibrate_on, score_jittered
from xray_core.training.config import PRESETS
from xray_core.training.examples import (
    CHILD,
    Example,
    read_adults,
    read_children,
    segmenter_for,
    visible,
)
from xray_core.training.fitting import fit_network, predict, views_of
from xray_core.training.imagenet import fetch_weights

CONFIG = replace(PRESETS["lungs"], epochs=1, steps=600, networks=1)
SERIES = ("normal", "normal2")  # as `xray_core.datasets.kermany.parse_name` calls them


def main(children: str, adults: str) -> None:
    """Train twice and print."""
    find = segmenter_for(CONFIG.field_of_view)
    films, _ = read_children(children, find)
    kept, aside = split_by_patient(films, CONFIG.validation_share, CONFIG.seed)
    kept = [each for each in kept if each.name not in odd_device()]
    kept = visible(kept + read_adults(adults, "train", find))
    aside = visible(aside + read_adults(adults, "valid", find))
    imagenet = fetch_weights()
    for known in SERIES:
        learned = [each for each in kept if series_of(each) in ("", known)]
        keras.utils.set_random_seed(CONFIG.seed)
        with TemporaryDirectory() as private:
            network = fit_network(
                learned,
                CONFIG,
                Path(private, "backup"),
                subtypes=2,
                other=True,
                imagenet=imagenet,
                measure=lambda _: {},
                verbose=2,
                history=Path(private, "history.json"),
            )
        report(keras.Model(network.input, {"logits": network.output}), aside, known)


def series_of(example: Example) -> str:
    """Of a child's normal film; else ''."""
    return example.patient.split("-")[0] if example.cell == (CHILD, "normal") else ""


def report(maps: keras.Model, aside: list[Example], known: str) -> None:
    """Print what a network says of both series, its zero put where the known one has it."""
    told = [each for each in aside if series_of(each) in ("", known)]
    fitted = calibrate_on(*score_jittered(maps, told, CONFIG), told)["calibration"]
    score = predict(maps, views_of(aside, CONFIG))["logits"][:, 0]
    odds = score / fitted["temperature"] + fitted["bias"]
    ill = np.array([each.group == CHILD and each.opacity > 0 for each in aside])
    for name in SERIES:
        well = np.array([series_of(each) == name for each in aside])
        cleared = float((odds[well] < 0).sum())
        low, high = wilson(cleared, int(well.sum()))
        print(
            f"learned {known}, asked {name}: specificity {cleared / well.sum():.3f} "
            f"({low:.3f} to {high:.3f}, n = {well.sum()}), mean log-odds {odds[well].mean():+.2f}, "
            f"AUC {auc(ill[ill | well], odds[ill | well]):.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
