"""Train a classifier of radiographs, from a folder of films to a model folder."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError, UsageError
from xray_core.evaluation.calibration import (
    choose_operating_points,
    fit_temperature,
    uncertain_band,
)
from xray_core.evaluation.metrics import auc, log_loss
from xray_core.inference.decision import calibrate, log_odds
from xray_core.inference.model_card import LABELS
from xray_core.inference.segmentation import load_segmenter
from xray_core.inference.views import reduce_film
from xray_core.training.config import TrainingConfig
from xray_core.training.export import export_model
from xray_core.training.fitting import Example, class_weights, fit_network, predict, render
from xray_core.training.imagenet import LICENSE, PACKAGE, VERSION, fetch_weights

COPIES = 4  # of each validation film, jittered
LEVEL = 0.95  # of the uncertain band


def read_examples(
    data: str | Path, field: str, progress: Callable[..., Iterable] = tqdm
) -> tuple[list[Example], tuple[str, ...], tuple[str, str]]:
    """Read the official train split.

    Returns
    -------
    examples
        Every film, also those without lungs, so that others can split the same films alike.
    classes
        'normal', 'bacteria', 'virus' where the names tell the subtype, else the folders' names.
    labels
        What to call a film of the first class, 'normal' where there is one, and any other film.
    """
    samples = open_folder(data).select(split="train")
    folders = sorted({sample.label for sample in samples})
    if len(folders) < 2:
        raise DataError(
            f"Training needs at least two classes under {data}/train, found "
            f"{', '.join(folders) or 'none'}: add a folder for each class."
        )
    known = all(sample.subtype for sample in samples)
    names = [sample.subtype if known else sample.label.lower() for sample in samples]
    classes = tuple(sorted(set(names), key=lambda name: (name != "normal", name)))
    first, *others = (name.upper() for name in classes)
    labels = LABELS if known else (first, others[0] if len(others) == 1 else f"NOT {first}")
    find = load_segmenter() if field == "lungs" else None
    examples = []
    for sample, name in zip(
        progress(samples, desc="reading films", unit="film"), names, strict=True
    ):
        film = reduce_film(sample.open().pixels)
        lungs = find(film) if find else None
        examples.append(Example(film, lungs, classes.index(name), sample.patient))
    return examples, classes, labels


def train(
    data: str | Path,
    out: str | Path,
    config: TrainingConfig,
    *,
    about: dict[str, str] | None = None,
    verbose: int = 1,
) -> dict[str, Any]:
    """Train, calibrate on validation, and write a model folder; return the card.

    The network of the last epoch is kept (its weights averaged over the last steps): there is no
    epoch to choose. The official test is never read.

    Parameters
    ----------
    data
        Films in the Kaggle layout; only ``train`` is used.
    out
        Model folder. A training that was killed is taken up there after its last whole epoch.
    about
        What a person should know, for the card: intended_use, excluded_use, data, input,
        known_shortcuts.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    unfinished = out / ".training"
    _check_same_config(unfinished, config)
    keras.utils.set_random_seed(config.seed)
    examples, classes, labels = read_examples(data, config.field_of_view)
    positive = np.arange(len(classes)) > 0
    kept, validation = (
        [example for example in part if example.lungs is None or example.lungs.box is not None]
        for part in split_by_patient(examples, config.validation_share, config.seed)
    )
    weights = class_weights(np.array([example.target for example in kept]), positive)
    model = fit_network(
        kept,
        validation,
        config,
        unfinished / "backup",
        weights=weights,
        positive=positive,
        imagenet=fetch_weights() if config.architecture == "efficientnet_lite0" else None,
        verbose=verbose,
        history=out / "history.json",
    )
    card = {
        "kind": "classification",
        "title": config.title,
        "summary": config.summary,
        "about": about or {},
        "classes": list(classes),
        "positive": list(classes[1:]),
        "labels": list(labels),
        "field_of_view": config.field_of_view,
        "image_size": config.image_size,
        "training": {
            "config": asdict(config),
            "films": _count(kept, classes),
            "validation_films": _count(validation, classes),
            "class_weights": dict(zip(classes, map(float, weights), strict=True)),
            "initial_weights": (
                {"data": "ImageNet", "package": f"{PACKAGE} {VERSION}", "licence": LICENSE}
                if config.architecture == "efficientnet_lite0"
                else None
            ),
        },
        **calibrate_on(*score_jittered(model, validation, positive, config)),
    }
    maps = keras.Model(
        model.input,
        {"logits": model.output, "class_maps": model.get_layer("class_maps").output},
    )
    export_model(maps, out, card)
    shutil.rmtree(unfinished)
    return card


def score_jittered(
    model: keras.Model, examples: list[Example], positive: np.ndarray, config: TrainingConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Score films in jittered tone, wear and position.

    Films as they are look more alike than those of another hospital; a temperature fitted on them
    would be overconfident there.

    Returns log-odds and truth, (COPIES * films,).
    """
    rng = np.random.default_rng([config.seed, 11])
    shown = examples * COPIES
    views = np.stack([render(example, config, rng) for example in shown])
    truth = positive[[example.target for example in shown]]
    return log_odds(predict(model, views), positive), truth


def calibrate_on(score: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    """Fit the card's temperature, operating points and uncertain band; see `score_jittered`."""
    temperature, bias = fit_temperature(score, truth)
    probability = calibrate(score, temperature, bias)
    points = choose_operating_points(probability, truth)
    once = slice(len(truth) // COPIES)  # the band counts films, not their copies
    band = uncertain_band(probability[once], truth[once], level=LEVEL)
    return {
        "calibration": {"temperature": temperature, "bias": bias, "prior": 0.5},
        "operating_points": [asdict(point) for point in points],
        "uncertain": {"band": list(band), "level": LEVEL},
        "validation": {
            "films": len(truth) // COPIES,
            "auc_jittered": float(auc(truth, score)),
            "log_loss_jittered": float(log_loss(truth, probability)),
        },
    }


def _count(examples: Iterable[Example], classes: Sequence[str]) -> dict[str, int]:
    counts = Counter(example.target for example in examples)
    return {name: counts[index] for index, name in enumerate(classes)}


def _check_same_config(unfinished: Path, config: TrainingConfig) -> None:
    """A training is only ever taken up with the configuration it was begun with."""
    unfinished.mkdir(exist_ok=True)
    path = unfinished / "config.json"
    wanted = json.dumps(asdict(config))
    if path.exists() and path.read_text() != wanted:
        raise UsageError(
            f"{unfinished.parent} holds a training begun with other settings: repeat it with those "
            "or remove the folder .training in it."
        )
    path.write_text(wanted)
