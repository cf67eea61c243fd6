"""Measure a model on labelled films: one report for the card, the page and the command line."""

from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xray_core.errors import DataError, XrayError
from xray_core.evaluation import metrics
from xray_core.evaluation.calibration import band_coverage
from xray_core.evaluation.recalibration import calibration_intercept, calibration_slope
from xray_core.parallel import map_in_order

if TYPE_CHECKING:
    from xray_core.classifier import Classifier
    from xray_core.datasets.catalogue import Sample
    from xray_core.inference.model_card import ModelCard
    from xray_core.types import Prediction

HEADLINE = ("accuracy", "auc", "sensitivity", "specificity", "log_loss", "brier", "ece")
WORST = 20


def evaluate(
    classifier: Classifier,
    samples: Iterable[Sample],
    *,
    folder: str = "",
    seed: int = 0,
    progress: Callable[..., Iterable] | None = None,
) -> dict[str, Any]:
    """Measure a classifier on samples.

    Every film is answered, also those the quality gate would refuse: leaving out the hard ones
    would flatter the model. ``refused`` says how many there are, ``refused_share`` what share.

    Parameters
    ----------
    samples
        Labels are 'NORMAL' and 'PNEUMONIA', or classes of the model, in any case.
    folder
        Name of the data, for the report.
    seed
        Of the bootstrap.
    progress
        ``progress(rows, total=n)`` returns the rows again, as tqdm does.

    Returns
    -------
    dict
        Ready for ``save_report``: no nan, no infinity. A measure is ``{"value", "n", "interval"}``
        with a 95% interval that knows the patients, see `metrics.with_interval`; where it is not
        defined, value or interval is None and ``reason`` says why. ``calibration`` holds intercept
        and slope at equal classes. In ``roc`` the first threshold is None: nothing is called.

    Raises
    ------
    DataError
        Without samples, with a class that the model does not know, or where a film cannot be read.
    """
    samples = tuple(samples)
    if not samples:
        raise DataError("Expected at least one labelled film to evaluate, but there is none.")
    card = classifier.card
    truth = np.array([_is_positive(sample, card) for sample in samples])
    answers: Iterable[tuple[Prediction, bool]]
    answers = map_in_order(partial(answer, classifier), samples)
    if progress is not None:
        answers = progress(answers, total=len(samples))
    predictions, refused = zip(*answers, strict=True)
    probability = np.array([float(prediction.probability) for prediction in predictions])
    report = measure(card, samples, truth, probability, seed)
    report["three_class"] = _measure_classes(card, samples, predictions, seed)
    report["films"] = [
        {
            "file": sample.name,
            "label": sample.label,
            "subtype": sample.subtype,
            "patient": sample.patient,
            "probability": prediction.probability,
            "decision": prediction.decision,
            "classes": {name: round(float(x), 6) for name, x in prediction.classes.items()},
        }
        for sample, prediction in zip(samples, predictions, strict=True)
    ]
    patients = [sample.patient for sample in samples]
    data = {
        "model": classifier.name,
        "data": _describe(samples, folder),
        "refused": sum(refused),
        "refused_share": metrics.with_interval(
            metrics.share, np.array(refused), patients=patients, seed=seed
        ),
    }
    return plain({key: value for key, value in (data | report).items() if value is not None})


def save_report(report: Mapping[str, Any], path: str | Path) -> None:
    """Write a report as strict JSON; the file is whole or not there."""
    path = Path(path)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(json.dumps(report, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(unfinished, path)


def answer(classifier: Classifier, sample: Sample) -> tuple[Prediction, bool]:
    """Predict a film whatever the quality gate says of it, and whether the gate refuses it.

    Raises
    ------
    DataError
        Where the film cannot be read.
    """
    try:
        radiograph = sample.open()
    except (XrayError, OSError) as error:
        raise DataError(
            f"The film {sample.name} could not be read ({error}); repair or remove it, because "
            "leaving it out in silence would flatter the figures."
        ) from error
    prediction = classifier.predict(radiograph)
    return prediction.ungated(), prediction.refused


def _is_positive(sample: Sample, card: ModelCard) -> bool:
    if sample.label.upper() in ("NORMAL", "PNEUMONIA"):
        return sample.label.upper() == "PNEUMONIA"
    name = _class_of(sample, card)
    if name is None:
        raise DataError(
            f"The films have a class '{sample.label}', but the model knows "
            f"{', '.join(card.classes)}; rename the class folders, or take a model that was "
            "trained on these classes."
        )
    return name in card.positive


def _class_of(sample: Sample, card: ModelCard) -> str | None:
    """Which of the model's classes a film is, by subtype or by label; None if that is not known."""
    known = {name.casefold(): name for name in card.classes}
    return known.get(sample.subtype.casefold()) or known.get(sample.label.casefold())


def _describe(samples: Sequence[Sample], folder: str) -> dict[str, Any]:
    labels = [sample.label for sample in samples]
    return {
        "folder": folder,
        "split": ", ".join(dict.fromkeys(sample.split for sample in samples)),
        "n": len(samples),
        "counts": {label: labels.count(label) for label in sorted(set(labels))},
        "patients": int(metrics.patient_codes([s.patient for s in samples]).max()) + 1,
    }


def measure(
    card: ModelCard,
    samples: Sequence[Sample],
    truth: np.ndarray,
    probability: np.ndarray,
    seed: int,
) -> dict[str, Any]:
    """Measure a model's probabilities of films; the part of `evaluate` that asks no network.

    Parameters
    ----------
    truth : bool, (films,)
    probability : float, (films,)
    """
    patients = np.array([sample.patient for sample in samples], dtype=object)

    def interval(
        measure: Callable[..., np.ndarray],
        *columns: np.ndarray,
        of: slice | np.ndarray = slice(None),
    ) -> dict[str, Any]:
        chosen = (column[of] for column in columns)
        return metrics.with_interval(measure, *chosen, patients=patients[of], seed=seed)

    def at(threshold: float) -> dict[str, Any]:
        called = probability >= threshold
        return {
            "threshold": threshold,
            "confusion": metrics.confusion(truth, called),
            "accuracy": interval(metrics.share, called == truth),
            "sensitivity": interval(metrics.share, called, of=truth),
            "specificity": interval(metrics.share, ~called, of=~truth),
        }

    point = card.default_operating_point
    points = {other.name: at(other.threshold) for other in card.operating_points}
    measured = points[point.name] | {
        name: interval(getattr(metrics, name), truth, probability)
        for name in ("auc", "log_loss", "brier", "ece")
    }
    mean, observed, n = metrics.reliability_curve(truth, probability)
    return {
        **{name: measured[name] for name in HEADLINE},
        "calibration": {
            "intercept": interval(calibration_intercept, truth, probability),
            "slope": interval(calibration_slope, truth, probability),
        },
        "operating_point": {"name": point.name, "threshold": point.threshold},
        "confusion": measured["confusion"],
        "operating_points": points,
        "uncertain": _measure_band(card, truth, probability, interval),
        "subgroups": {
            subtype: {
                "sensitivity": interval(metrics.share, probability >= point.threshold, of=mine),
                "auc": interval(metrics.auc, truth, probability, of=mine | ~truth),
            }
            for subtype, mine in _positive_subtypes(samples, truth)
        },
        **_curves(truth, probability),
        "reliability": {"probability": mean, "observed": observed, "n": n},
        "worst": _worst(samples, truth, probability, point.threshold),
    }


def _curves(truth: np.ndarray, probability: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """ROC and precision-recall at every threshold that changes an answer, the highest first."""
    from sklearn.metrics import precision_recall_curve, roc_curve  # a second the app need not wait

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a class has no film: its rate is nan
        fpr, tpr, start = roc_curve(truth, probability, drop_intermediate=False)
        precision, recall, threshold = precision_recall_curve(truth, probability)
    # the last point, at recall 0, is made up
    precision, recall, threshold = precision[-2::-1], recall[-2::-1], threshold[::-1]
    recall = recall if truth.any() else np.full_like(recall, np.nan)
    return {
        "roc": {"fpr": fpr, "tpr": tpr, "threshold": start},
        "precision_recall": {"precision": precision, "recall": recall, "threshold": threshold},
    }


def _positive_subtypes(
    samples: Sequence[Sample], truth: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    subtypes = np.array([sample.subtype for sample in samples])
    for subtype in sorted(set(subtypes[truth]) - {""}):
        yield str(subtype), truth & (subtypes == subtype)


def _measure_band(
    card: ModelCard,
    truth: np.ndarray,
    probability: np.ndarray,
    interval: Callable[..., dict[str, Any]],
) -> dict[str, Any] | None:
    """What the band does, and how often the answers are wrong outside it and everywhere."""
    if card.uncertain is None:
        return None
    low, high = card.uncertain
    inside = (low <= probability) & (probability <= high)
    wrong = (probability >= card.default_operating_point.threshold) != truth
    return {
        "low": low,
        "high": high,
        **band_coverage(probability, truth, card.uncertain),
        "wrong": interval(metrics.share, wrong),
        "wrong_outside": interval(metrics.share, wrong, of=~inside),
    }


def _measure_classes(
    card: ModelCard, samples: Sequence[Sample], predictions: Sequence[Prediction], seed: int
) -> dict[str, Any] | None:
    """How often the right one of three or more classes is named; None unless all are known."""
    truth = [_class_of(sample, card) for sample in samples]
    if len(card.classes) < 3 or None in truth:
        return None
    from sklearn.metrics import confusion_matrix

    named = [max(card.classes, key=prediction.classes.__getitem__) for prediction in predictions]
    hits = np.array(truth) == np.array(named)
    patients = [sample.patient for sample in samples]
    return {
        "classes": card.classes,
        "accuracy": metrics.with_interval(metrics.share, hits, patients=patients, seed=seed),
        "confusion": confusion_matrix(truth, named, labels=card.classes),
    }


def _worst(
    samples: Sequence[Sample], truth: np.ndarray, probability: np.ndarray, threshold: float
) -> list[dict[str, Any]]:
    """The films called wrong, those with the surest wrong answer first."""
    wrong = np.flatnonzero((probability >= threshold) != truth)
    surest = wrong[np.argsort(-np.abs(probability[wrong] - truth[wrong]), kind="stable")]
    return [
        {
            "file": samples[film].name,
            "label": samples[film].label,
            "subtype": samples[film].subtype,
            "probability": probability[film],
        }
        for film in surest[:WORST]
    ]


def plain(value: Any) -> Any:
    """Replace NumPy values by Python's, and what JSON cannot say by None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
