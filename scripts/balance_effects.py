"""What balance, augmentation and a threshold do: the baseline, small, trained with and without.

``python -m scripts.balance_effects FOLDER`` trains four networks with each of three seeds on the
``train`` split of a folder in the Kaggle layout, patients apart, and writes what the films set
aside say of them to `xray_core.audit.balance.EFFECTS`. No test is read.
"""

import json
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np

from xray_core.audit.balance import EFFECTS
from xray_core.datasets.splits import split_by_patient
from xray_core.evaluation.metrics import auc, log_loss
from xray_core.inference.decision import calibrate
from xray_core.training.config import PRESETS
from xray_core.training.examples import read_children, segmenter_for
from xray_core.training.fitting import fit_network, views_of

CONFIG = replace(PRESETS["baseline"], image_size=64, epochs=1, steps=600, seed=0)
SEEDS = (0, 1, 2)
FOUND = 0.95  # sensitivity at which specificities are compared


def main(folder: str) -> None:
    """Train, measure and write."""
    examples, _ = read_children(folder, segmenter_for("film"))
    kept, aside = split_by_patient(examples, CONFIG.validation_share, CONFIG.seed)
    views, truth = views_of(aside, CONFIG), np.array([each.opacity > 0 for each in aside])
    rows = []
    for balanced, augmented in product((False, True), repeat=2):
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            config = replace(CONFIG, balanced=balanced, augmented=augmented, seed=seed)
            with TemporaryDirectory() as private:
                network = fit_network(
                    kept,
                    config,
                    Path(private, "backup"),
                    subtypes=0,
                    other=False,
                    imagenet=None,
                    measure=lambda _: {},
                    verbose=0,
                    history=Path(private, "history.json"),
                )
            score = network.predict_on_batch(views)[:, 0]
            row = {"balanced": balanced, "augmented": augmented, "seed": seed}
            rows.append(row | measure(truth, score))
            print(rows[-1], flush=True)
    films = {"normal": int((~truth).sum()), "pneumonia": int(truth.sum())}
    learned = {
        "normal": sum(each.opacity == 0 for each in kept),
        "pneumonia": sum(each.opacity > 0 for each in kept),
    }
    text = json.dumps({"learned_from": learned, "films": films, "runs": rows}, indent=1)
    EFFECTS.write_text(text + "\n")


def measure(truth: np.ndarray, score: np.ndarray) -> dict[str, float]:
    """At a probability of one half, over all thresholds, and where FOUND are found."""
    cut = np.quantile(score[truth], 1 - FOUND)
    return {
        "sensitivity": float(np.mean(score[truth] >= 0)),
        "specificity": float(np.mean(score[~truth] < 0)),
        "auc": float(auc(truth, score)),
        "log_loss": float(log_loss(truth, calibrate(score, 1.0))),
        "specificity_at_found": float(np.mean(score[~truth] < cut)),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
