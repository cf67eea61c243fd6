"""The values that travel from the bytes of a film to the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

DECISIONS = ("normal", "pneumonia", "uncertain", "refused")


def _require(condition, expected, arrived):
    if not condition:
        raise ValueError(f"expected {expected}, got {arrived}")


def _require_array(condition, expected, arrived):
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
    name : str
        What the person calls it; a file name without its folder.
    digest : str
        SHA-256 of the file's bytes, hexadecimal: identifies the film in caches.
    notes : tuple of str
        What the reader had to do or noticed, in words for a person.
    warnings : tuple of str
        What the file says of itself that the models were not made for, such as the age.
    jpeg : bytes or None
        The file itself where it is a JPEG that every browser shows as these very pixels. It is
        noted by `note_jpeg` and not carried over by `dataclasses.replace`, because other pixels
        are another picture.
    """

    pixels: np.ndarray
    name: str
    digest: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    jpeg: bytes | None = field(default=None, init=False)

    def __post_init__(self):
        ok = (
            isinstance(self.pixels, np.ndarray)
            and self.pixels.dtype == np.uint8
            and self.pixels.ndim == 2
            and self.pixels.size > 0
        )
        _require_array(ok, "uint8 pixels (rows, columns)", self.pixels)

    def note_jpeg(self, content):
        """Note the file that shows these pixels; returns the Radiograph."""
        object.__setattr__(self, "jpeg", content)
        return self

    @property
    def height(self):
        return self.pixels.shape[0]

    @property
    def width(self):
        return self.pixels.shape[1]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as fractions of the film's width and height, 0 at the left and the top."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self):
        ordered = self.left < self.right and self.top < self.bottom
        _require(ordered, "left < right and top < bottom", self)

    @property
    def width(self):
        return self.right - self.left

    @property
    def height(self):
        return self.bottom - self.top


@dataclass(frozen=True, slots=True, eq=False)
class Lungs:
    """Where the lungs are.

    Attributes
    ----------
    mask : float32, (rows, columns), in [0, 1]
        Probability of lung over the whole film, at the segmentation's own resolution.
    box : Box or None
        Around both lungs; None where no lungs were found.
    """

    mask: np.ndarray
    box: Box | None

    def __post_init__(self):
        ok = self.mask.dtype == np.float32 and self.mask.ndim == 2
        _require_array(ok, "float32 mask (rows, columns)", self.mask)


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A named threshold on the calibrated probability, and what it is for."""

    name: str
    threshold: float
    meaning: str

    def __post_init__(self):
        _require(0 <= self.threshold <= 1, "a threshold in [0, 1]", self.threshold)


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the model says about one film.

    Attributes
    ----------
    score : float
        Log-odds of pneumonia before calibration.
    probability : float, in [0, 1]
        Of pneumonia, calibrated; nan where the film was refused.
    classes : mapping of str to float
        The network's share for each of its classes; they sum to 1.
    label : str
        'NORMAL' or 'PNEUMONIA' at the default operating point, '' where refused.
    decision : str
        One of DECISIONS.
    reasons : tuple of str
        Why the film was refused or the answer is uncertain; warnings.
    model : str
        Name of the model that answered.
    """

    score: float
    probability: float
    classes: Mapping[str, float]
    label: str
    decision: str
    reasons: tuple[str, ...]
    model: str

    def __post_init__(self):
        _require(self.decision in DECISIONS, f"a decision in {DECISIONS}", self.decision)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Evidence in one film, for pneumonia unless said otherwise.

    Attributes
    ----------
    saliency : float32, (rows, columns), >= 0
        In units of the log-odds, at the method's native resolution over ``view``: what each place
        adds to the mean that is the score. All zero: no positive evidence.
    view : Box
        The part of the film that ``saliency`` covers; the network saw nothing else. It may reach
        over the film's edge.
    method : str
    positive : bool
        Whether any place speaks for the target to the network by itself; if not, the map only
        ranks the places of a film that has nothing of it.
    target : str
        What the evidence speaks for, see `xray_core.saliency.targets`.
    """

    saliency: np.ndarray
    view: Box
    method: str
    positive: bool = True
    target: str = "PNEUMONIA"

    def __post_init__(self):
        ok = self.saliency.dtype == np.float32 and self.saliency.ndim == 2
        ok = ok and self.saliency.min() >= 0
        _require_array(ok, "float32 saliency (rows, columns), >= 0", self.saliency)


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything the project says about one film: the answer, the evidence, the lungs."""

    radiograph: Radiograph
    prediction: Prediction
    explanation: Explanation
    lungs: Lungs = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the network was shown of a film, and what it said.

    Attributes
    ----------
    lungs : Lungs
    box : Box
        The part of the film that ``view`` covers.
    view : float32, (side, side, 2), see `xray_core.inference.views.lung_view`
    class_maps : float32, (rows, columns, classes)
    logits : float32, (classes,)
    """

    lungs: Lungs
    box: Box
    view: np.ndarray
    class_maps: np.ndarray
    logits: np.ndarray
