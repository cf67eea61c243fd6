"""Evidence in the anatomy's words: connected regions, each with its lung and zone."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.inference.views import WHOLE_FILM
from xray_core.reporting.text.regions import summarise, warn_of_outside
from xray_core.reporting.wording import count, target_of
from xray_core.saliency.placement import saliency_on_film

SMALLEST = 0.004  # of the film, below which a region is left out
LEVEL = 0.5  # of what the strongest so much of the film has, above which evidence is in a region
MOST = 5
SIDE = 512  # regions are found on a copy of the film that is no longer than this
RIM = 0.03  # of the film's width around the lungs, which the network sees with them
# Grey levels above the mirrored area: of 638 discs at random places in the lungs of 224 normal
# films of train a tenth has more, for the heart and a turned child make two lungs unlike.
OPAQUE = 42
ZONES = ("upper", "middle", "lower")


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A connected area of high evidence.

    Attributes
    ----------
    number : int
        From 1, the region with most evidence first.
    mask : bool, (rows, columns)
        At the resolution of the lungs and map it was found in.
    lung : 'right' or 'left', the patient's
    zone : 'upper', 'middle' or 'lower' third of that lung's height
    share_of_lung, share_of_evidence : float, in [0, 1]
    brighter : float
        Mean grey level less that of the mirrored area, in grey levels; nan where the mirrored
        area lies outside the lungs.
    density : float
        Evidence on its area, in multiples of the mean over both lungs.
    """

    number: int
    mask: np.ndarray
    lung: str
    zone: str
    share_of_lung: float
    share_of_evidence: float
    brighter: float
    density: float

    @property
    def place(self):
        return f"{self.zone} zone of the {self.lung} lung"

    @property
    def opaque(self):
        """Whether it is brighter than the mirrored area by more than is common; nan is not."""
        return self.brighter > OPAQUE

    @property
    def comparison(self):
        """Against the mirrored area in words: '59 grey levels brighter: opaque'."""
        if math.isnan(self.brighter):
            return "No lung there"
        levels = count(round(abs(self.brighter)), "grey level")
        if self.brighter < 0:
            return f"{levels} darker: not opaque"
        return f"{levels} brighter: {'opaque' if self.opaque else 'no more than in normal films'}"


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the evidence in a film comes to.

    Attributes
    ----------
    regions : tuple of Region
        Empty where no place speaks for the target.
    summary : str
        See `summarise`.
    warning : str
        See `warn_of_outside`; '' where there is nothing to warn of.
    """

    regions: tuple
    summary: str
    warning: str


def describe_regions(analysis):
    """Find the regions of evidence in an analysed film, and sum them up with the warning.

    Returns
    -------
    regions : tuple of Region
    summary : str
    """
    found = find_evidence(analysis)
    return found.regions, f"{found.summary} {found.warning}".strip()


def find_evidence(analysis):
    """Find the regions of evidence in an analysed film, sum them up, and see what lies outside.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    Findings
    """
    pixels, explanation = analysis.radiograph.pixels, analysis.explanation
    factor = min(1, SIDE / max(pixels.shape))
    size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    film = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    lungs = cv2.resize(analysis.lungs.mask, size)
    saliency = saliency_on_film(explanation, *film.shape)
    regions = find_regions(saliency, lungs, film) if explanation.positive else ()
    right = share_on_the_right(saliency, lungs)
    outside = evidence_outside(saliency, lungs) if explanation.positive else 0.0
    warning = warn_of_outside(outside, explanation.view == WHOLE_FILM)
    evidence = f"evidence for {target_of(explanation.target)}"
    subject = f"Inside the lungs the {evidence}" if warning else f"The {evidence}"
    if explanation.positive:
        return Findings(regions, summarise(regions, right, subject), warning)
    return Findings(
        (), f"No positive {evidence}: no place in this film speaks for it to the model.", ""
    )


def find_regions(saliency, lungs, film):
    """Find the regions of high evidence inside the lungs.

    Parameters
    ----------
    saliency : float32, (rows, columns), >= 0
        On the film.
    lungs : float32, (rows, columns), in [0, 1]
    film : uint8, (rows, columns)
        A radiograph shown the usual way: the patient's right is on the picture's left.

    Returns
    -------
    tuple of Region
        Empty where there is no evidence or no lung.
    """
    inside = lungs > 0.5
    total = float(saliency.sum())
    within = np.where(inside, saliency, 0)
    if total <= 0 or not within.any():
        return ()
    middle = _middle(inside)
    # a peak smaller than any region does not set the level
    strongest = max(1, round(SMALLEST * within.size))
    level = LEVEL * np.partition(within, -strongest, axis=None)[-strongest]
    parts, labels = cv2.connectedComponents(((within >= level) & (within > 0)).astype(np.uint8))
    masks = [labels == label for label in range(1, parts)]
    masks = [mask for mask in masks if mask.mean() >= SMALLEST]
    masks.sort(key=lambda mask: -float(saliency[mask].sum()))
    return tuple(
        _describe(number, mask, saliency / total, inside, film, middle)
        for number, mask in enumerate(masks[:MOST], 1)
    )


def _describe(number, mask, share, inside, film, middle):
    weight = np.where(mask, share, 0)
    rows, columns = np.indices(mask.shape)
    x, y = (float((axis * weight).sum() / weight.sum()) + 0.5 for axis in (columns, rows))
    on_right = x < middle
    lung = inside & ((columns + 0.5 < middle) == on_right)
    height = np.nonzero(lung.any(axis=1))[0]
    zone = int(np.clip(3 * (y - height[0]) / (height[-1] + 1 - height[0]), 0, 2))
    return Region(
        number,
        mask,
        "right" if on_right else "left",
        ZONES[zone],
        float((mask & lung).sum() / lung.sum()),
        float(weight.sum()),
        _brighter(mask, inside, film, middle),
        float(share[mask].mean() / share[inside].mean()),
    )


def _middle(inside):
    """Column between the right lung and the left."""
    columns = np.nonzero(inside.any(axis=0))[0]
    return (columns[0] + columns[-1] + 1) / 2


def _brighter(mask, inside, film, middle):
    """Mean grey level of an area less that of its mirror image about the lungs' middle."""
    rows, columns = np.nonzero(mask)
    mirrored = np.rint(2 * middle - 1 - columns).astype(int)
    kept = (mirrored >= 0) & (mirrored < mask.shape[1])
    kept[kept] = inside[rows[kept], mirrored[kept]]
    if not kept.any():
        return float("nan")
    return float(film[mask].mean()) - float(film[rows[kept], mirrored[kept]].mean())


def share_on_the_right(saliency, lungs):
    """Share of the evidence inside the lungs that lies in the patient's right one; nan if none."""
    inside = lungs > 0.5
    total = float(saliency[inside].sum())
    if total <= 0:
        return float("nan")
    on_right = inside & (np.arange(inside.shape[1]) + 0.5 < _middle(inside))
    return float(saliency[on_right].sum()) / total


def evidence_outside(saliency, lungs):
    """Share of the evidence outside the lungs and a narrow rim; 0 where there is no evidence."""
    total = float(saliency.sum())
    if total <= 0:
        return 0.0
    reach = 2 * round(RIM * lungs.shape[1]) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    near = cv2.dilate((lungs > 0.5).astype(np.uint8), kernel) > 0
    return float(saliency[~near].sum()) / total
