"""Train a classifier of radiographs, from folders of films to a model folder."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from xray_core.datasets.kermany import odd_device
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import UsageError
from xray_core.evaluation.metrics import auc, log_loss
from xray_core.inference.decision import calibrate
from xray_core.inference.model_card import LABELS
from xray_core.saliency.beyond_normal import NORMAL_FILE
from xray_core.saliency.grad_cam import signed_evidence
from xray_core.saliency.targets import list_targets
from xray_core.training.calibration import calibrate_on, remark_on_others, score_jittered
from xray_core.training.config import TrainingConfig
from xray_core.training.examples import (
    CHILD,
    Example,
    cell_shares,
    read_adults,
    read_children,
    segmenter_for,
    visible,
)
from xray_core.training.export import export_model, sha256, write_card
from xray_core.training.fitting import build_network, fit_network, predict, views_of
from xray_core.training.going_on import epochs_before, start_networks, went_before
from xray_core.training.imagenet import LICENSE, PACKAGE, VERSION, fetch_weights
from xray_core.training.networks import average_networks
from xray_core.training.normal_films import average_normal, save_normal

NORMALS = 600  # films of each source that the mean normal film is made of


def train(
    data: str | Path,
    out: str | Path,
    config: TrainingConfig,
    *,
    adults: str | Path | None = None,
    about: dict[str, Any] | None = None,
    verbose: int = 1,
) -> dict[str, Any]:
    """Train, calibrate on validation, and write a model folder; return the card.

    The networks of the last epoch are kept (their weights averaged over the last steps): there is
    no epoch to choose. No test is ever read.

    Parameters
    ----------
    data
        Films in the Kaggle layout; only ``train`` is used.
    out
        Model folder. A training that was killed is taken up there after its last whole epoch. Its
        ``history.json`` has the means of the networks, after those of what was gone on from.
    adults
        Films of adults, see `xray_core.training.examples.read_adults`: ``train`` is learned from,
        ``valid`` is for validation.
    about
        What a person should know, for the card: intended_use, excluded_use, data, input,
        known_shortcuts, test_readings.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    unfinished = out / ".training"
    _check_same_config(unfinished, config)
    find = segmenter_for(config.field_of_view)
    children, classes = read_children(data, find)
    kept, validation = split_by_patient(children, config.validation_share, config.seed)
    if config.leave_out_device:
        kept = [example for example in kept if example.name not in odd_device()]
    if adults:
        kept += read_adults(adults, "train", find)
        validation += read_adults(adults, "valid", find)
    kept, validation = visible(kept), visible(validation)
    subtypes = len(classes) - 1 if len(classes) > 2 else 0
    views = views_of(validation, config)
    imagenet = fetch_weights() if config.architecture == "efficientnet_lite0" else None
    outputs = 1 + subtypes + (adults is not None)
    starts = start_networks(config, outputs) if config.start else [None] * config.networks
    trained, histories = [], []
    for seed, start in enumerate(starts, config.seed):
        keras.utils.set_random_seed(seed)
        folder = unfinished / f"seed {seed}"
        folder.mkdir(exist_ok=True)
        network = fit_network(
            kept,
            replace(config, seed=seed),
            folder / "backup",
            subtypes=subtypes,
            other=adults is not None,
            imagenet=imagenet,
            start=start,
            measure=lambda model: measure(validation, predict(model, views)),
            verbose=verbose,
            history=folder / "history.json",
        )
        trained.append(network)
        histories.append(json.loads((folder / "history.json").read_text())["epochs"])
    epochs = epochs_before(config)
    for rows in zip(*histories, strict=True):
        mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        epochs.append(mean | {"epoch": len(epochs) + 1})
    (out / "history.json").write_text(json.dumps({"epochs": epochs}, indent=1) + "\n")
    network = join(trained, config)
    card = write_model(network, kept, validation, classes, config, out, about)
    shutil.rmtree(unfinished)
    return card


def join(trained: Sequence[keras.Model], config: TrainingConfig) -> keras.Model:
    """The mean of trained networks, as one network."""
    if len(trained) == 1:
        return trained[0]
    return average_networks(
        trained, build_network(config, trained[0].output.shape[-1], len(trained))
    )


def write_model(
    network: keras.Model,
    kept: Sequence[Example],
    validation: Sequence[Example],
    classes: Sequence[str],
    config: TrainingConfig,
    out: Path,
    about: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Calibrate a trained network on validation and write its folder; return the card.

    Parameters
    ----------
    network
        From `xray_core.training.fitting.fit_network`.
    kept, validation
        What it has learned from, and films of other patients.
    """
    other = any(example.group != CHILD for example in kept)
    maps = keras.Model(
        network.input,
        {"logits": network.output, "class_maps": network.get_layer("class_maps").output},
    )
    card = {
        "kind": "classification",
        "title": config.title,
        "summary": config.summary,
        "about": about or {},
        "classes": list(classes),
        "labels": list(labels_of(classes)),
        "field_of_view": config.field_of_view,
        "image_size": config.image_size,
        "training": {
            "config": asdict(config) | {"start": Path(config.start).name},
            "films": count_kinds(kept, classes),
            "validation_films": count_kinds(validation, classes),
            "times_shown": times_shown(kept, classes, config.children),
            "initial_weights": (
                {"data": "ImageNet", "package": f"{PACKAGE} {VERSION}", "licence": LICENSE}
                if config.architecture == "efficientnet_lite0"
                else None
            ),
            "gone_on_from": went_before(config),
        },
        **calibrate_on(*score_jittered(maps, validation, config), validation),
    }
    if other:
        scores = predict(maps, views_of(validation, config))["logits"][:, -1]
        card["other"] = remark_on_others(validation, scores)
    export_model(maps, out, card)
    targets = list_targets(classes, other)
    _save_normal_films(maps, kept, targets, config, out)
    card["files"][NORMAL_FILE] = sha256(out / NORMAL_FILE)
    write_card(card, out)
    return card


def measure(examples: Sequence[Example], outputs: dict[str, np.ndarray]) -> dict[str, float]:
    """Loss and AUC on validation films, all and of each source; opacity against none."""
    scores = outputs["logits"][:, 0]
    truth = np.array([example.opacity > 0 for example in examples])
    child = np.array([example.group == CHILD for example in examples])
    found = {
        "val_loss": float(log_loss(truth, calibrate(scores, 1.0))),
        "val_auc": float(auc(truth, scores)),
    }
    if not child.all():
        found["val_auc_children"] = float(auc(truth[child], scores[child]))
        found["val_auc_adults"] = float(auc(truth[~child], scores[~child]))
    return found


def _save_normal_films(
    maps: keras.Model,
    kept: Sequence[Example],
    targets: dict[str, np.ndarray],
    config: TrainingConfig,
    out: Path,
) -> None:
    """The mean of normal films that the network has learned from, as many of each source."""
    normal: list[Example] = []
    for child in (True, False):
        of_source = [e for e in kept if e.cell[1] == "normal" and (e.group == CHILD) == child]
        normal += of_source[:: -(-len(of_source) // NORMALS) or 1]
    views = views_of(normal, config)
    found = predict(maps, views)
    evidence = {
        target: [
            signed_evidence(each, logits, signs)
            for each, logits in zip(found["class_maps"], found["logits"], strict=True)
        ]
        for target, signs in targets.items()
    }
    save_normal(average_normal(evidence, list(views[..., 0])), out / NORMAL_FILE)


def labels_of(classes: Sequence[str]) -> tuple[str, str]:
    """What to call a film of the first class, 'normal' where there is one, and any other film."""
    if classes[0] == "normal" and set(classes[1:]) <= {"bacteria", "virus", "pneumonia"}:
        return LABELS
    first, *others = (name.upper() for name in classes)
    return first, others[0] if len(others) == 1 else f"NOT {first}"


def kinds_of(examples: Iterable[Example], classes: Sequence[str]) -> list[str]:
    """Children's films by class, where they are told apart; adults' by what radiologists say."""
    return [
        classes[example.subtype + 1 if example.subtype >= 0 else bool(example.opacity)]
        if example.group == CHILD
        else f"adult, {example.cell[1]}"
        for example in examples
    ]


def count_kinds(examples: Sequence[Example], classes: Sequence[str]) -> dict[str, int]:
    """How many films there are of each of `kinds_of`, also where there are none of a class."""
    counts = Counter(kinds_of(examples, classes))
    return {name: counts[name] for name in (*classes, *sorted(set(counts) - set(classes)))}


def times_shown(
    examples: Sequence[Example], classes: Sequence[str], children: float
) -> dict[str, float]:
    """How often a film of each kind is drawn for training, against the average film."""
    kinds, shares = np.array(kinds_of(examples, classes)), cell_shares(examples, children)
    counts = count_kinds(examples, classes)
    return {
        name: float(shares[kinds == name].mean() * len(kinds)) for name in counts if counts[name]
    }


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
