"""Train and measure what a visitor has chosen, and tell of it while it happens."""

import base64
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np

from xray_core.classifier import load_classifier
from xray_core.datasets.catalogue import Sample, require_catalogue
from xray_core.errors import DataError
from xray_core.evaluation.evaluate import measure as measure_films
from xray_core.evaluation.evaluate import plain
from xray_core.evaluation.films import spread
from xray_core.evaluation.metrics import share, with_interval
from xray_core.evaluation.probes.films import LungFinder, children, read_adults
from xray_core.evaluation.probes.outline import probe_outline
from xray_core.evaluation.probes.projection import probe_projection
from xray_core.inference.decision import calibrate
from xray_core.inference.model_card import ModelCard, load_card
from xray_core.training.classifier import measure, write_model
from xray_core.training.config import TrainingConfig
from xray_core.training.examples import (
    Example,
    classes_of,
    read_samples,
    segmenter_for,
)
from xray_core.training.export import write_card
from xray_core.training.fitting import fit_network, predict, views_of
from xray_core.training.imagenet import fetch_weights
from xray_core.training.live import Teller
from xray_core.types import LABELS

ABOUT = Path(__file__).with_name("about_home_made.json")
TOLD = 400  # steps, at most
WRONG, PICTURE = 8, 160  # films that are shown while it learns, and pixels of a side of each
OUTLINE_FILMS, OUTLINE_CELL = 160, 40  # for the crutch that takes longest to measure

Films = tuple[list[Sample], list[Example]]


class Watch(keras.callbacks.Callback):
    """Tells of steps and epochs."""

    def __init__(self, tell: Teller, config: TrainingConfig, validation: Films) -> None:
        super().__init__()
        self.tell, self.config, self.validation = tell, config, validation
        self.views = views_of(validation[1], config)
        self.every = -(-config.epochs * config.steps // TOLD)
        self.scores = np.zeros(len(self.views))
        self._epoch, self._told = 0, (0, 0.0, 0.0)

    def measure(self, model: keras.Model) -> dict[str, float]:
        """What the history keeps of an epoch."""
        outputs = predict(model, self.views)
        self.scores = outputs["logits"][:, 0]
        examples = self.validation[1]
        right = (self.scores > 0) == np.array([each.opacity > 0 for each in examples])
        return {**measure(examples, outputs), "val_accuracy": float(right.mean())}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        epoch = self.model._initial_epoch or 0  # what the checkpoint says
        steps = self.config.steps
        self.tell("begun", epoch=epoch, steps=steps, steps_in_all=self.config.epochs * steps)
        self.tell("stage", words="Learning")

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._epoch, self._told = epoch, (0, 0.0, 0.0)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Tell the mean since it was last told: what Keras gives is that since the epoch began."""
        self.tell.check()
        done, last = batch + 1, self._told
        if done % self.every and done != self.config.steps:
            return
        now = (done, done * float(logs["loss"]), done * float(logs["logits_right"]))
        count, loss, right = (new - old for new, old in zip(now, last, strict=True))
        self._told = now
        step = self._epoch * self.config.steps + done
        self.tell("step", step=step, loss=_short(loss / count), accuracy=_short(right / count))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        row = {name: _short(logs[name]) for name in ("loss", "val_loss", "val_accuracy", "val_auc")}
        self.tell("epoch", epoch=epoch + 1, accuracy=_short(logs["logits_right"]), **row)
        self.tell("wrong", films=surest_errors(self.validation, self.scores))


def make(job: dict[str, Any], folder: Path, tell: Teller) -> None:
    """Read, train, write and measure what a run's ``settings.json`` says."""
    known = {_key(sample): sample for sample in require_catalogue(job["source"]).samples}
    parts = {name: _find(known, job[name]) for name in ("learned", "validation", "test")}
    classes = classes_of([*parts["learned"], *parts["validation"]])
    config = TrainingConfig(**{**job["config"], "channels": tuple(job["config"]["channels"])})
    find = segmenter_for(config.field_of_view)

    def read(name: str, words: str) -> Films:
        samples = parts[name]
        steps = tell.along(samples, words, len(samples))
        examples = read_samples(samples, classes, find, lambda *_, **__: steps)
        pairs = [
            (sample, example)
            for sample, example in zip(samples, examples, strict=True)
            if example.lungs is None or example.lungs.box is not None
        ]
        return [sample for sample, _ in pairs], [example for _, example in pairs]

    films = {
        "learned": read("learned", "Reading films"),
        "validation": read("validation", "Reading films for validation"),
    }
    out = folder / "models" / job["name"]
    results = train_and_write(job, config, classes, films, folder, out, tell)
    test = read("test", "Reading the test") if parts["test"] else None
    tell("stage", words="Measuring")
    results = measure_all(job, films["validation"], test, results, out, tell)
    shutil.rmtree(folder / "backup", ignore_errors=True)
    tell("done", results=results)


def train_and_write(
    job: dict[str, Any],
    config: TrainingConfig,
    classes: Sequence[str],
    films: dict[str, Films],
    folder: Path,
    out: Path,
    tell: Teller,
) -> keras.Model:
    """Train, or take up the training of a folder, and write the model folder."""
    forget_half_written(folder / "backup")
    watch = Watch(tell, config, films["validation"])
    keras.utils.set_random_seed(config.seed)
    imagenet = None
    if config.architecture == "efficientnet_lite0":
        tell("stage", words="Fetching what it learned on photographs")
        imagenet = fetch_weights()
    network = fit_network(
        films["learned"][1],
        config,
        folder / "backup",
        subtypes=len(classes) - 1 if len(classes) > 2 else 0,
        other=False,
        imagenet=imagenet,
        measure=watch.measure,
        verbose=0,
        history=folder / "history.json",
        watch=[watch],
    )
    tell("stage", words="Calibrating and writing the network")
    about = json.loads(ABOUT.read_text(encoding="utf-8"))
    learned, validation = films["learned"][1], films["validation"][1]
    card = write_model(network, learned, validation, classes, config, out, about)
    card["home_made"] = True
    card["training"]["source"] = job["title_of_source"]
    card["training"]["patients_apart"] = job["apart"]
    write_card(card, out)
    shutil.copy(folder / "history.json", out / "history.json")
    return network


def forget_half_written(backup: Path) -> None:
    """Begin anew where a training was killed while it wrote its first checkpoint.

    What a checkpoint is of is written last; later ones have one before them to fall back on.
    """
    if backup.exists() and not (backup / "training_metadata.json").exists():
        shutil.rmtree(backup)


def measure_all(
    job: dict[str, Any],
    validation: Films,
    test: Films | None,
    network: keras.Model,
    out: Path,
    tell: Teller,
) -> dict[str, Any]:
    """Measure a network on what it has not learned from; None where there are no such films."""
    card = load_card(out.name, out.parent)
    results: dict[str, Any] = {"validation": report_on(network, card, validation)}
    results["test"] = report_on(network, card, test) if test else None
    classifier = load_classifier(out.name, threads=1, home=out.parent)
    results["adults"] = results["outline"] = None
    of_chest = job["probes"] and card.labels == LABELS
    if job.get("adults") and of_chest:
        tell("stage", words="Asking it about adults")
        results["adults"] = probe_projection(classifier, read_adults(job["adults"]))
    few = children(spread(validation[0], OUTLINE_FILMS))
    if of_chest and len({film.opaque for film in few}) == 2 and len(few) >= OUTLINE_CELL:
        tell("stage", words="Asking whether it goes by the outline of the lungs")
        results["outline"] = probe_outline(
            classifier, few, LungFinder(classifier), cell=OUTLINE_CELL
        )
    done: dict[str, Any] = plain(results)
    return done


def report_on(network: keras.Model, card: ModelCard, films: Films) -> dict[str, Any]:
    """What `xray_core.evaluation.evaluate` says of a network on films, lungs and gate not asked."""
    samples, examples = films
    config = TrainingConfig(**{**card.training["config"], "seed": 0})
    scores = np.concatenate(
        [
            network.predict_on_batch(views_of(examples[at : at + 64], config))[:, 0]
            for at in range(0, len(examples), 64)
        ]
    )
    truth = np.array([example.opacity > 0 for example in examples])
    calibration = card.calibration
    probability = calibrate(scores, calibration["temperature"], calibration["bias"])
    labels = [sample.label for sample in samples]
    report = {
        "model": card.name,
        "n": len(samples),
        "counts": {label: labels.count(label) for label in sorted(set(labels))},
        **measure_films(card, samples, truth, probability, 0),
        "before_calibration": at_even_odds(samples, truth, scores),
        "films": [
            {
                "file": sample.name,
                "label": "NORMAL" if not ill else sample.label,
                "subtype": sample.subtype,
                "patient": sample.patient,
                "probability": float(said),
                "score": _short(score),
            }
            for sample, ill, said, score in zip(samples, truth, probability, scores, strict=True)
        ],
    }
    done: dict[str, Any] = plain({name: value for name, value in report.items() if value})
    return done


def at_even_odds(
    samples: Sequence[Sample], truth: np.ndarray, scores: np.ndarray
) -> dict[str, Any]:
    """What a network reaches as it was trained: calibration makes up for unequal classes."""
    patients = np.array([sample.patient for sample in samples], dtype=object)
    right = (scores > 0) == truth
    return {
        name: with_interval(share, right[of], patients=patients[of])
        for name, of in (
            ("accuracy", np.full(len(truth), True)),
            ("sensitivity", truth),
            ("specificity", ~truth),
        )
    }


def surest_errors(films: Films, scores: np.ndarray) -> list[dict[str, Any]]:
    """The films called wrong at even odds, those with the surest wrong answer first."""
    samples, examples = films
    truth = np.array([example.opacity > 0 for example in examples])
    wrong = np.flatnonzero((scores > 0) != truth)
    return [
        {
            "name": samples[at].name,
            "label": samples[at].label,
            "split": samples[at].split,
            "probability": _short(calibrate(scores[at], 1.0)),
            "picture": _picture(examples[at].film),
        }
        for at in wrong[np.argsort(-np.abs(scores[wrong]), kind="stable")][:WRONG]
    ]


def _picture(film: np.ndarray) -> str:
    small = cv2.resize(film, (PICTURE, PICTURE), interpolation=cv2.INTER_AREA)
    done = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return base64.b64encode(done.tobytes()).decode()


def _find(known: dict[str, Sample], keys: Sequence[str]) -> list[Sample]:
    missing = [key for key in keys if key not in known]
    if missing:
        raise DataError(
            f"Expected the films that were drawn, but {len(missing)} are gone, among them "
            f"{missing[0]}: start the run again."
        )
    return [known[key] for key in keys]


def _key(sample: Sample) -> str:
    return f"{sample.split}/{sample.label}/{sample.name}"


def _short(value: Any) -> float:
    return round(float(value), 5)
