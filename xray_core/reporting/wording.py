"""The words for answers and measures, the same on every page."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xray_core.types import OperatingPoint, Prediction

DISCLAIMER = (
    "For learning and research. Not a medical device: no answer here may decide about a patient."
)
SUBTYPES = {
    "normal": "Normal",
    "bacteria": "Bacterial pneumonia",
    "virus": "Viral pneumonia",
    "": "Pneumonia, kind unknown",
}
OUTPUTS = {"opacity": "Opacity", "other": "Another abnormality", "OTHER": "Another abnormality"}
SPLITS = {"train": "Training", "val": "Validation", "test": "Test"}
PROPERTIES = {
    "bytes": "file size",
    "bytes_per_pixel": "bytes per pixel",
    "jpeg_quality": "JPEG quality",
    "width": "width",
    "height": "height",
    "aspect": "shape (width ÷ height)",
}
DECISIONS = {
    "normal": "Looks normal",
    "pneumonia": "Looks like pneumonia",
    "uncertain": "Not sure",
    "refused": "No answer",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A measure's title, and what it means in one sentence."""

    title: str
    meaning: str


METRICS = {
    "accuracy": Wording("Accuracy", "Share of the films that get the right answer."),
    "auc": Wording(
        "AUC",
        "How often a film with pneumonia gets a higher probability than a normal one; "
        "0.5 is guessing.",
    ),
    "sensitivity": Wording("Sensitivity", "Share of the films with pneumonia that are found."),
    "specificity": Wording("Specificity", "Share of the normal films that are called normal."),
    "ppv": Wording("PPV", "Of the films called pneumonia, the share that has it."),
    "npv": Wording("NPV", "Of the films called normal, the share that is."),
    "log_loss": Wording(
        "Log loss", "How surprised one is by the truth after believing the probability; 0 is best."
    ),
    "brier": Wording("Brier score", "Mean squared error of the probability; 0 is best."),
    "calibration_intercept": Wording(
        "Calibration intercept",
        "What has to be added to the log-odds to be right on average, normal films and pneumonias "
        "counting alike; 0 is best, below 0 the probabilities are too high.",
    ),
    "calibration_slope": Wording(
        "Calibration slope",
        "By what the log-odds have to be multiplied besides; 1 is best, below 1 the probabilities "
        "are too extreme.",
    ),
    "ece": Wording(
        "Calibration error", "How far stated probabilities lie from what was observed; 0 is best."
    ),
}

# What a table's column means, where its title does not say it all.
COLUMNS = {wording.title: wording.meaning for wording in METRICS.values()} | {
    "Probability of pneumonia": "The network's score after calibration; it is compared with the "
    "operating point.",
    "Score, log-odds": "What the network says before calibration: 0 is undecided, and each +1 "
    "makes pneumonia 2.7 times as likely against normal.",
    "Score, as much lung at random": "The lowest and the highest score when as much of the lungs "
    "is filled the same way in other places, chosen at random.",
    "Remarks": "Why a film was refused or is uncertain, and what its file says of itself.",
    "Share of the evidence": "How much of all the evidence on the film lies in the region.",
    "Share of the lung": "How much of its own lung's area the region covers.",
    "Times the mean": "Evidence on the region's area against the mean over both lungs: 1 is no "
    "more than elsewhere.",
    "Against the mirrored area": "Mean grey level, of 256, against the same place in the other "
    "lung. Opaque: brighter by more than nine in ten places in normal films. Shadows at the same "
    "place in both lungs cancel.",
    "Missed": "Films with pneumonia that are called normal.",
    "False alarms": "Normal films that are called pneumonia.",
    "Times shown": "How often one film of the kind is drawn for training, against the average one.",
    "By number alone": "Numbers of patients that occur in both splits.",
    "By kind and number": "Of those, the ones of the same kind of film: the same child, as far as "
    "names tell.",
    "Pneumonia : normal": "The same in hundredths of all films; 50 : 50 would be balanced.",
    "Validation, accuracy": "On films of the train split that were set aside; share that gets the "
    "right answer.",
    "Test, accuracy": "On the official test, or on the test split of one's own films.",
    "Adults, AUC": "How it ranks adults' films, opacity against normal; 0.5 is guessing.",
    "Lying against standing": "How much higher the score of adults' normal films is where they "
    "were made lying (AP) instead of standing (PA), in log-odds; 0 is best.",
    "Outline against content": "What the lungs' outline alone does to the score, as a share of "
    "what their content does; 0 is best.",
    "Pneumonia for one normal": "How unequal the classes are: 1 would be as many of each.",
}


def percent(share: float | None, digits: int = 0) -> str:
    """Write a share, near 0 and 1 with a digit more: '97%', '99.6%', 'over 99.9%'.

    nan becomes '–'.
    """
    if share is None or math.isnan(share):
        return "–"
    if share > 0.999:
        return "100%" if share == 1 else "over 99.9%"
    if share < 0.001:
        return "0%" if share == 0 else "under 0.1%"
    if share < 0.02 or share > 0.98:
        digits = 1
    return f"{share:.{digits}%}"


def measured(result: dict[str, Any], digits: int = 3) -> str:
    """Write a measured value with its 95% interval: '0.970 (0.957 to 0.981)'.

    A value or an interval that is not defined becomes '–' or is left out.
    """
    return _with_interval(result, f"{{:.{digits}f}}".format)


def shared(result: dict[str, Any]) -> str:
    """Write a measured share with its 95% interval: '4.2% (2.9 to 6.1)'; '–' where undefined."""
    return _with_interval(result, "{:.1%}".format, lambda bound: f"{100 * bound:.1f}")


def difference(result: dict[str, Any], digits: int = 3) -> str:
    """Write a difference with its sign and its 95% interval: '+0.114 (+0.084 to +0.144)'."""
    return _with_interval(result, f"{{:+.{digits}f}}".format)


def _with_interval(
    result: dict[str, Any],
    write: Callable[[float], str],
    bound: Callable[[float], str] | None = None,
) -> str:
    """Write a value, and the bounds of its interval as the value or in a way of their own."""
    if result["value"] is None:
        return "–"
    value = write(result["value"])
    if result.get("interval") is None:
        return value
    low, high = map(bound or write, result["interval"])
    return f"{value} ({low} to {high})"


def answer(prediction: Prediction, decision: str, point: OperatingPoint) -> str:
    """Say in one sentence what the model answers and why; the decision is that at the point."""
    if decision == "refused":
        return "The model was not trained on films like this one and gives no answer."
    probability, threshold = percent(prediction.probability), percent(point.threshold)
    if decision == "uncertain":
        return (
            f"The probability of pneumonia, {probability}, lies in the band where this model is "
            "wrong too often to answer."
        )
    side = "at or above" if decision == "pneumonia" else "below"
    return (
        f"The probability of pneumonia, {probability}, is {side} the operating point of "
        f"{threshold}."
    )


def class_title(name: str) -> str:
    """'Viral pneumonia', 'Opacity', also a class that this project does not know."""
    return (SUBTYPES | OUTPUTS).get(name, name.capitalize())


def class_shares(prediction: Prediction) -> str:
    """'By class: Normal 3%, Bacterial pneumonia 90%, Viral pneumonia 7%.'"""
    shares = [f"{class_title(name)} {percent(p)}" for name, p in prediction.classes.items()]
    return f"By class: {', '.join(shares)}."


def target_of(target: str) -> str:
    """Name what evidence speaks for: 'pneumonia', 'bacterial pneumonia'."""
    return class_title(target).lower()


def verdict(decision: str, truth: str) -> str:
    """Compare the decision with the true label of a sample film."""
    if decision in ("uncertain", "refused"):
        return "the model gave no answer"
    return "the model is right" if decision.upper() == truth.upper() else "the model is wrong"


def truth_of(label: str, subtype: str) -> str:
    """Name what a labelled film truly shows: 'Viral pneumonia'; an unknown class by its label."""
    if subtype or label == "PNEUMONIA":
        return SUBTYPES[subtype]
    return label.capitalize()


def count(number: int, noun: str) -> str:
    """'1 film', '2,530 films'."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listed(words: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
