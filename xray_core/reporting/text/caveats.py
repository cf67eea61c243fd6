"""What takes an answer back, or qualifies it: the caveat that matters most for a film first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xray_core.classifier import CALIBRATED_FOR, HOME_MADE
from xray_core.evaluation.operating_points import at_threshold
from xray_core.reporting.text.regions import warn
from xray_core.reporting.wording import percent
from xray_core.saliency.regions import Findings
from xray_core.types import OperatingPoint, Prediction

INSISTED = "The model refused this film: the answer and the map mean nothing for it."
LOOK_ALIKES = "An opacity is not yet a disease: other diseases look alike on a film."


@dataclass(frozen=True, slots=True)
class Caveat:
    """A sentence, and whether it takes the answer back (or holds for every answer like it)."""

    text: str
    serious: bool = True


def list_caveats(
    prediction: Prediction,
    found: Findings,
    decision: str,
    point: OperatingPoint,
    *,
    insisted: bool = False,
    films: Sequence[Mapping[str, Any]] = (),
) -> tuple[Caveat, ...]:
    """List what is to be known of one film's answer, at least one caveat.

    Parameters
    ----------
    prediction, found
        Of the film as it is shown.
    decision
        One of DECISIONS, at the operating point.
    insisted
        Whether the visitor asked for the answer although the film was refused.
    films
        What the model said of each film of its test; without them nothing is said of its errors.
    """
    # these hold for every answer of the model
    always = (CALIBRATED_FOR.format(prediction.site),) * bool(prediction.site) + (HOME_MADE,)
    reasons = [reason for reason in prediction.reasons if reason not in always]
    said = [INSISTED] * insisted + reasons + [warn(found)] * bool(warn(found))
    held = (Caveat(text, serious=False) for text in prediction.reasons if text in always)
    return (
        *map(Caveat, said),
        *held,
        Caveat(_error_rate(decision, point, films), serious=False),
    )


def _error_rate(decision: str, point: OperatingPoint, films: Sequence[Mapping[str, Any]]) -> str:
    """How often answers like this one are wrong, as far as the test can say."""
    if not films or decision not in ("normal", "pneumonia"):
        return LOOK_ALIKES
    at = at_threshold(films, point.threshold, 0.5)
    if decision == "normal":
        missed = percent(1 - at["sensitivity"])
        return f"It calls {missed} of the tested films with pneumonia normal, too."
    return f"It calls {percent(1 - at['specificity'])} of the tested normal films pneumonia, too."
