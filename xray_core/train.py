"""Train a classifier of radiographs, from a folder of films to a model folder."""

import json
import shutil
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from xray_core.augment import random_tone, random_warp, random_wear
from xray_core.calibration import (
    calibrate,
    choose_operating_points,
    fit_temperature,
    uncertain_band,
)
from xray_core.classifier import load_segmenter, log_odds
from xray_core.dataset import open_folder
from xray_core.errors import DataError, UsageError
from xray_core.export import export_model
from xray_core.imagenet import LICENSE, PACKAGE, VERSION, fetch_weights, load_weights
from xray_core.lungs import film_view, lung_view, reduce_film
from xray_core.metrics import auc, log_loss
from xray_core.network import build_classifier
from xray_core.training import Seeded, cosine_schedule, split_by_patient

LEVEL = 0.95  # of the uncertain band


@dataclass(frozen=True)
class TrainingConfig:
    """Every choice of a training; saved on the model's card.

    ``view`` is 'lungs' (the lungs and nothing else) or 'film' (the whole film);
    ``stages`` and ``output_stride`` are those of `xray_core.network.efficientnet_lite0`;
    ``label_smoothing`` as in Szegedy et al., CVPR 2016.
    """

    title: str = "Lung classifier"
    summary: str = "Pretrained on ImageNet; sees the lungs and nothing else."
    architecture: str = "efficientnet_lite0"
    view: str = "lungs"
    image_size: int = 128
    stages: int = 5
    output_stride: int = 16
    dropout: float = 0.2
    epochs: int = 5
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    label_smoothing: float = 0.02
    tone: float = 1.0
    validation_share: float = 0.15
    seed: int = 0


PRESETS = {
    "lungs": TrainingConfig(),
    "baseline": TrainingConfig(
        title="Baseline",
        summary="A small network from scratch; sees the whole film.",
        architecture="small_cnn",
        view="film",
        learning_rate=2e-3,
    ),
}


@dataclass(frozen=True)
class Example:
    """A film ready for augmentation: uint8 (224, 224), its lungs if needed, its class."""

    film: np.ndarray
    lungs: object
    target: int
    patient: str


def read_examples(data, view, progress=tqdm):
    """Read the official train split.

    Returns
    -------
    examples : list of Example
    classes : tuple of str
        'normal', 'bacteria', 'virus' where the names tell the subtype, else the folders' names.
    positive : tuple of str
        The classes that are not normal.
    """
    samples = open_folder(data).select(split="train")
    labels = sorted({sample.label for sample in samples})
    if len(labels) < 2:
        raise DataError(
            f"Training needs at least two classes under {data}/train, found "
            f"{', '.join(labels) or 'none'}: add a folder for each class."
        )
    if all(sample.subtype for sample in samples):
        names = [sample.subtype for sample in samples]
    else:
        names = [sample.label.lower() for sample in samples]
    classes = tuple(sorted(set(names), key=lambda name: (name != "normal", name)))
    find = load_segmenter() if view == "lungs" else None
    examples = []
    for sample, name in zip(
        progress(samples, desc="reading films", unit="film"), names, strict=True
    ):
        film = reduce_film(sample.open().pixels)
        lungs = find(film) if find else None
        if lungs is None or lungs.box is not None:
            examples.append(Example(film, lungs, classes.index(name), sample.patient))
    return examples, classes, classes[1:]


def render(example, config, rng=None):
    """An example as the network sees it, jittered if given a random generator."""
    if rng is None:
        if config.view == "lungs":
            return lung_view(example.film, example.lungs, config.image_size)
        return film_view(example.film, config.image_size)
    film = random_wear(random_tone(example.film, rng, config.tone), rng)
    warp = random_warp(rng, rotation=10, scale=(0.85, 1.18), shift=0.04, flip=True)
    if config.view == "lungs":
        rim = rng.uniform(0.0, 0.06)
        return lung_view(film, example.lungs, config.image_size, warp, rim=rim)
    return film_view(film, config.image_size, warp)


class Batches(Seeded):
    """Augmented batches of views, targets and class weights; each epoch shows every film once."""

    def __init__(self, examples, classes, weights, config):
        super().__init__(config.seed, len(examples) // config.batch_size)
        self.examples, self.classes, self.weights, self.config = examples, classes, weights, config

    def __getitem__(self, step):
        order = np.random.default_rng([self.seed, self.epoch]).permutation(len(self.examples))
        size = self.config.batch_size
        chosen = [self.examples[i] for i in order[step * size : (step + 1) * size]]
        rng = np.random.default_rng([self.seed, self.epoch, step])
        views = np.stack([render(example, self.config, rng) for example in chosen])
        targets = np.array([example.target for example in chosen])
        return (
            views[..., None],
            np.eye(self.classes, dtype=np.float32)[targets],
            self.weights[targets],
        )


def class_weights(targets, positive):
    """Weights under which normal and positive films count equally, and so do all positive classes'
    films among themselves.

    Parameters
    ----------
    targets : int, (films,)
    positive : bool, (classes,)

    Returns
    -------
    float32, (classes,), with mean 1 over the films
    """
    counts = np.bincount(targets, minlength=len(positive))
    if not positive.any() or positive.all():
        return np.ones(len(positive), np.float32)
    mass = np.where(positive, counts[positive].sum(), counts[~positive].sum())
    return (len(targets) / 2 / mass).astype(np.float32)


class Validator(keras.callbacks.Callback):
    """After each epoch: loss and AUC on the validation films; the history goes to a file."""

    def __init__(self, views, targets, positive, path):
        super().__init__()
        self.views, self.targets, self.positive, self.path = views, targets, positive, path

    def on_epoch_end(self, epoch, logs=None):
        epochs = []
        if self.path.exists():
            epochs = json.loads(self.path.read_text())["epochs"][:epoch]
        logits = predict(self.model, self.views)
        truth = self.positive[self.targets]
        score = log_odds(logits, self.positive)
        row = {"epoch": epoch + 1, "loss": float(logs["loss"])}
        row["val_loss"] = float(log_loss(truth, calibrate(score, 1.0)))
        row["val_auc"] = float(auc(truth, score))
        self.path.write_text(json.dumps({"epochs": [*epochs, row]}, indent=1) + "\n")
        logs.update({name: row[name] for name in ("val_loss", "val_auc")})


def predict(model, views, batch_size=64):
    """Logits (n, classes) of views (n, rows, columns, 2)."""
    batches = [views[i : i + batch_size] for i in range(0, len(views), batch_size)]
    return np.concatenate([model.predict_on_batch(batch) for batch in batches])


def train(data, out, config, *, imagenet=None, about=None, verbose=1):
    """Train, calibrate on validation, and write a model folder.

    The network of the last epoch is kept (its weights averaged over the last steps): there is no
    epoch to choose. The official test is never read.

    Parameters
    ----------
    data : path
        Films in the Kaggle layout; only ``train`` is used.
    out : path
        Model folder. A training that was killed is taken up there after its last whole epoch.
    config : TrainingConfig
    imagenet : path, optional
        A copy of the package of ImageNet weights.
    about : dict, optional
        What a person should know, for the card: intended_use, excluded_use, data, input,
        known_shortcuts.

    Returns
    -------
    dict, the card
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    unfinished = out / ".training"
    _check_same_config(unfinished, config)
    keras.utils.set_random_seed(config.seed)
    examples, classes, positive_names = read_examples(data, config.view)
    positive = np.array([name in positive_names for name in classes])
    patients = [example.patient for example in examples]
    kept, validation = split_by_patient(examples, patients, config.validation_share, config.seed)
    targets = np.array([example.target for example in kept])
    weights = class_weights(targets, positive)
    model = build_classifier(
        config.architecture,
        config.image_size,
        len(classes),
        stages=config.stages,
        output_stride=config.output_stride,
        dropout=config.dropout,
    )
    if config.architecture == "efficientnet_lite0":
        load_weights(model, fetch_weights(imagenet))
    batches = Batches(kept, len(classes), weights, config)
    steps = config.epochs * len(batches)
    optimizer = keras.optimizers.AdamW(
        cosine_schedule(config.learning_rate, steps),
        weight_decay=config.weight_decay,
        use_ema=True,
        ema_momentum=1 - min(1.0, 8 / steps),  # the last eighth counts
    )
    optimizer.build(model.trainable_variables)  # else its state is not restored
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=config.label_smoothing
    )
    model.compile(optimizer, loss, jit_compile=False)  # XLA is slower on a CPU
    views = np.stack([render(example, config) for example in validation])
    truth = np.array([example.target for example in validation])
    model.fit(
        batches,
        epochs=config.epochs,
        verbose=verbose,
        shuffle=False,  # the batches are random already, and the order must repeat
        callbacks=[
            batches.clock(),
            Validator(views, truth, positive, out / "history.json"),
            keras.callbacks.BackupAndRestore(unfinished / "backup", delete_checkpoint=False),
        ],
    )
    card = {
        "kind": "classification",
        "title": config.title,
        "summary": config.summary,
        "about": about or {},
        "classes": list(classes),
        "positive": list(positive_names),
        "view": config.view,
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
        **calibrate_on(model, validation, positive, config),
    }
    maps = keras.Model(
        model.input,
        {"logits": model.output, "class_maps": model.get_layer("class_maps").output},
    )
    export_model(maps, out, card)
    shutil.rmtree(unfinished)
    return card


def calibrate_on(model, validation, positive, config):
    """Fit temperature, operating points and the uncertain band on validation films.

    The films are shown in jittered tone, wear and position, four times each: films as they are
    look more alike than those of another hospital, and a temperature fitted on them would be
    overconfident there.
    """
    rng = np.random.default_rng([config.seed, 11])
    shown = validation * 4
    views = np.stack([render(example, config, rng) for example in shown])
    truth = positive[[example.target for example in shown]]
    score = log_odds(predict(model, views), positive)
    temperature, bias = fit_temperature(score, truth)
    probability = calibrate(score, temperature, bias)
    points = choose_operating_points(probability, truth)
    once = slice(len(validation))  # the band counts films, not their copies
    band = uncertain_band(probability[once], truth[once], level=LEVEL)
    return {
        "calibration": {"temperature": temperature, "bias": bias, "prior": 0.5},
        "operating_points": [asdict(point) for point in points],
        "uncertain": {"band": list(band), "level": LEVEL},
        "validation": {
            "auc_jittered": float(auc(truth, score)),
            "log_loss_jittered": float(log_loss(truth, probability)),
        },
    }


def _count(examples, classes):
    counts = Counter(example.target for example in examples)
    return {name: counts[index] for index, name in enumerate(classes)}


def _check_same_config(unfinished, config):
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


def configured(preset, **changes):
    """A preset with changes; those that are None are left out."""
    given = {name: value for name, value in changes.items() if value is not None}
    return replace(PRESETS[preset], **given)
