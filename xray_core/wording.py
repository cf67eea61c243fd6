"""The words for answers and measures, the same on every page."""

import math
from dataclasses import dataclass

DISCLAIMER = (
    "For learning and research. Not a medical device: no answer here may decide about a patient."
)
SUBTYPES = {
    "normal": "Normal",
    "bacteria": "Bacterial pneumonia",
    "virus": "Viral pneumonia",
    "": "Pneumonia, kind unknown",
}
SPLITS = {"train": "Training", "val": "Validation", "test": "Test"}
PROPERTIES = {
    "bytes": "file size",
    "bytes_per_pixel": "bytes per pixel",
    "jpeg_quality": "JPEG quality",
    "width": "width",
    "height": "height",
    "aspect": "shape (width ÷ height)",
}
METHODS = {
    "beyond_normal": "Evidence beyond normal",
    "hires_cam": "HiResCAM",
    "averaged_crops": "HiResCAM over crops",
    "occlusion": "Occlusion",
    "grad_cam": "Grad-CAM",
    "grad_cam_plus_plus": "Grad-CAM++",
    "layer_cam": "LayerCAM",
    "integrated_gradients": "Integrated gradients",
}
METHOD_MEANINGS = {
    "beyond_normal": "Where the film speaks for pneumonia more, and is denser, than normal films "
    "do and are at the same place. The network answers for 8 × 8 places; the density says where "
    "within them.",
    "hires_cam": "What each of the network's coarse places adds to the log-odds.",
    "averaged_crops": "HiResCAM averaged over 27 shifted and scaled crops, whose coarse places lie "
    "differently.",
    "occlusion": "How much the log-odds fall when a place is replaced by normal lung.",
    "grad_cam": "The last layer's channels, each weighted by how much it moves the log-odds.",
    "grad_cam_plus_plus": "Grad-CAM whose weights count the places that speak for a channel.",
    "layer_cam": "An earlier, finer layer weighted by its own positive gradients.",
    "integrated_gradients": "What each pixel adds on the way from the mean normal "
    "film to this one.",
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
    "ece": Wording(
        "Calibration error", "How far stated probabilities lie from what was observed; 0 is best."
    ),
}


def percent(share, digits=0):
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


def measured(result, digits=3):
    """Write a measured value with its 95% interval: '0.970 (0.957 to 0.981)'.

    A value or an interval that is not defined becomes '–' or is left out.
    """
    if result["value"] is None:
        return "–"
    value = f"{result['value']:.{digits}f}"
    if result.get("interval") is None:
        return value
    low, high = result["interval"]
    return f"{value} ({low:.{digits}f} to {high:.{digits}f})"


def answer(prediction, decision, operating_point):
    """Say in one sentence what the model answers and why.

    Parameters
    ----------
    prediction : Prediction
    decision : str
        At the operating point chosen.
    operating_point : OperatingPoint
    """
    if decision == "refused":
        return "The model was not trained on films like this one and gives no answer."
    probability, threshold = percent(prediction.probability), percent(operating_point.threshold)
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


def target_of(target):
    """Name what evidence speaks for: 'pneumonia', 'bacterial pneumonia'."""
    return SUBTYPES.get(target, target).lower()


def verdict(decision, truth):
    """Compare the decision with the true label of a sample film."""
    if decision in ("uncertain", "refused"):
        return "the model gave no answer"
    return "the model is right" if decision.upper() == truth.upper() else "the model is wrong"


def truth_of(label, subtype):
    """Name what a labelled film truly shows: 'Viral pneumonia'; an unknown class by its label."""
    if subtype or label == "PNEUMONIA":
        return SUBTYPES[subtype]
    return label.capitalize()


def count(number, noun):
    """'1 film', '2,530 films'."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
