"""The values that travel from the bytes of a film to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

LABELS = ("NORMAL", "PNEUMONIA")
DECISIONS = ("normal", "pneumonia", "uncertain", "refused")


def _require(condition: bool, expected: str, arrived: object) -> None:
    if not condition:
        raise ValueError(f"expected {expected}, got {arrived}")


def _require_array(condition: bool, expected: str, arrived: Any) -> None:
    if not condition:  # only then, since to describe an array takes longer than to check it
        kind = getattr(arrived, "dtype", type(arrived).__name__)
        _require(False, expected, f"{kind} {getattr(arrived, 'shape', '')}")


@dataclass(frozen=True, slots=True, eq=False)
class Radiograph:
    """One film as it is displayed: upright, bright where the body is dense.

    Attributes
    ----------
    pixels : uint8, (rows, columns)
        Grey levels.
    name
        What the person calls it; a file name without its folder.
    digest
        SHA-256 of the file's bytes, hexadecimal: identifies the film in caches.
    notes
        What the reader had to do or noticed, in words for a person.
    warnings
        What the file says of itself that the models were not made for, such as the age.
    jpeg
        The file itself where it is a JPEG that every browser shows as these very pixels: sent as
        it came, a film of 2,000 x 1,500 is on the page 5 ms sooner (of 25).
    unfit
        Why nobody should judge it, whatever the pixels look like; empty for a film.
    """

    pixels: np.ndarray
    name: str
    digest: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    jpeg: bytes | None = field(default=None, repr=False)
    unfit: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        ok = (
            isinstance(self.pixels, np.ndarray)
            and self.pixels.dtype == np.uint8
            and self.pixels.ndim == 2
            and self.pixels.size > 0
        )
        _require_array(ok, "uint8 pixels (rows, columns)", self.pixels)

    def redrawn(self, pixels: np.ndarray, *warnings: str) -> Radiograph:
        """The film with other pixels, for which the file does not stand any more."""
        return replace(self, pixels=pixels, warnings=(*self.warnings, *warnings), jpeg=None)

    @property
    def height(self) -> int:
        return self.pixels.shape[0]

    @property
    def width(self) -> int:
        return self.pixels.shape[1]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as fractions of the film's width and height, 0 at the left and the top."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        ordered = self.left < self.right and self.top < self.bottom
        _require(ordered, "left < right and top < bottom", self)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def on(self, frame: Box) -> Box:
        """The same rectangle on a picture, where this one is on a part of it, the frame."""
        left, right = (frame.left * (1 - x) + frame.right * x for x in (self.left, self.right))
        top, bottom = (frame.top * (1 - y) + frame.bottom * y for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)

    def inverse(self) -> Box:
        """The whole picture as a rectangle on the part of it that is this one."""
        return Box(
            -self.left / self.width,
            -self.top / self.height,
            (1 - self.left) / self.width,
            (1 - self.top) / self.height,
        )


WHOLE_FILM = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Lungs:
    """Where the lungs are.

    Attributes
    ----------
    mask : float32, (rows, columns), in [0, 1]
        Probability of lung over the whole film, at the segmentation's own resolution.
    box
        Around both lungs; None where no lungs were found.
    """

    mask: np.ndarray
    box: Box | None

    def __post_init__(self) -> None:
        ok = self.mask.dtype == np.float32 and self.mask.ndim == 2
        _require_array(ok, "float32 mask (rows, columns)", self.mask)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a network is shown of a film, see `xray_core.inference.views`.

    Attributes
    ----------
    pixels : float32, (side, side, 2)
        Grey level, about -2 to 2, and how far each pixel counts, 0 to 1.
    box
        The part of the film that is shown; it may reach over the film's edge.
    """

    pixels: np.ndarray
    box: Box

    @property
    def side(self) -> int:
        return len(self.pixels)

    @property
    def grey(self) -> np.ndarray:
        return self.pixels[..., 0]

    @property
    def inside(self) -> np.ndarray:
        return self.pixels[..., 1]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the network was shown of a film, and what it said.

    Attributes
    ----------
    lungs, view
    class_maps : float32, (rows, columns, outputs)
        What each place adds to the logits, which are their mean.
    logits : float32, (outputs,)
    frame
        The part of the radiograph that is film, see `xray_core.inference.trim`. Lungs and view
        are on the whole radiograph all the same.
    """

    lungs: Lungs
    view: View
    class_maps: np.ndarray
    logits: np.ndarray
    frame: Box = WHOLE_FILM


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A named threshold on the calibrated probability, and what it is for."""

    name: str
    threshold: float
    meaning: str

    def __post_init__(self) -> None:
        _require(0 <= self.threshold <= 1, "a threshold in [0, 1]", self.threshold)


@dataclass(frozen=True, slots=True)
class Quality:
    """What the gate says about a film.

    Attributes
    ----------
    kind
        The most probable of `xray_core.inference.quality_gate.KINDS`.
    shares
        Of each kind; they sum to 1.
    distance
        To the films the gate was fitted on, over the largest that is accepted; >= 0.
    reasons
        Why the film should not be judged; empty where it may be.
    warnings
        What the person should know although it may.
    """

    kind: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    distance: float = 0.0
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the model says about one film, and what the gate says about asking it.

    Attributes
    ----------
    score
        Log-odds of pneumonia before calibration.
    probability
        Of pneumonia, calibrated, in [0, 1]; it means nothing where the gate refuses the film. nan
        where a site has fitted a threshold alone.
    classes
        The network's share for each of its classes; they sum to 1.
    label
        'NORMAL' or 'PNEUMONIA' at the default operating point.
    answer
        'normal', 'pneumonia' or 'uncertain', whatever the gate says.
    model
        Name of the model that answered.
    quality
    remarks
        What to know of the film.
    caveats
        What to know of the answer; left out where the film is refused.
    site
        What site the answer is calibrated for; '' where the calibration is the model's own.
    """

    score: float
    probability: float
    classes: Mapping[str, float]
    label: str
    answer: str
    model: str
    quality: Quality = Quality()
    remarks: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    site: str = ""

    def __post_init__(self) -> None:
        _require(self.answer in DECISIONS[:3], f"an answer in {DECISIONS[:3]}", self.answer)

    @property
    def refused(self) -> bool:
        return not self.quality.accepted

    @property
    def decision(self) -> str:
        """One of DECISIONS."""
        return "refused" if self.refused else self.answer

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the film is refused, or what to know of it and of the answer."""
        if self.refused:
            return (*self.quality.reasons, *self.remarks)
        return (*self.remarks, *self.caveats)

    def ungated(self) -> Prediction:
        """The same answer given all the same: what made the gate refuse becomes a remark."""
        if not self.refused:
            return self
        remarks = (*self.quality.reasons, *self.remarks, *self.quality.warnings)
        return replace(self, quality=replace(self.quality, reasons=()), remarks=remarks)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Evidence in one film, for pneumonia unless said otherwise.

    Attributes
    ----------
    saliency : float32, (rows, columns), >= 0
        In the method's unit, at its native resolution over ``box``; of maps in log-odds, what each
        place adds to the mean that is the score. All zero: no positive evidence.
    box
        The part of the film that ``saliency`` covers; the network saw nothing else. It may reach
        over the film's edge.
    method
        A name in `xray_core.saliency.registry.METHODS`.
    positive
        Whether any place speaks for the target to the network by itself; if not, the map only
        ranks the places of a film that has nothing of it.
    target
        What the evidence speaks for, see `xray_core.saliency.targets`.
    """

    saliency: np.ndarray
    box: Box
    method: str
    positive: bool = True
    target: str = "PNEUMONIA"

    def __post_init__(self) -> None:
        ok = self.saliency.dtype == np.float32 and self.saliency.ndim == 2
        ok = ok and self.saliency.min() >= 0
        _require_array(ok, "float32 saliency (rows, columns), >= 0", self.saliency)


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything the project says about one film, and what it takes to ask further.

    Attributes
    ----------
    radiograph
        The film as it was judged: inverted back where that was needed.
    prediction, explanation
    look
        Another method, target, check or change starts from it, so that the film is decoded once
        and each network sees each view once.
    """

    radiograph: Radiograph
    prediction: Prediction
    explanation: Explanation
    look: Look = field(repr=False)

    @property
    def lungs(self) -> Lungs:
        return self.look.lungs

    def ungated(self) -> Analysis:
        """The analysis as if the gate had not been asked."""
        return replace(self, prediction=self.prediction.ungated())


class Network(Protocol):
    """What maps and checks ask of a classifier."""

    @property
    def name(self) -> str: ...

    @property
    def card(self) -> Any: ...

    @property
    def normal(self) -> Any: ...

    @property
    def targets(self) -> Mapping[str, np.ndarray]: ...

    def odds(self, logits: np.ndarray, target: str = ...) -> np.ndarray: ...

    def scores(self, views: np.ndarray, target: str = ...) -> np.ndarray: ...

    def probability(self, score: float | np.ndarray) -> np.ndarray: ...

    def look(self, radiograph: Radiograph) -> Look: ...

    def explain(self, look: Look, method: str = ..., target: str = ...) -> Explanation: ...


class Predictor(Protocol):
    """What tables, piles, evaluations and pages ask of a classifier."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def card(self) -> Any: ...

    def predict(self, radiograph: Radiograph) -> Prediction: ...

    def analyze(self, radiograph: Radiograph, method: str = ..., target: str = ...) -> Analysis: ...
