"""Evidence in the anatomy's words: connected regions, each with its lung and zone."""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.saliency.placement import saliency_on_film
from xray_core.types import Analysis

SMALLEST = 0.004  # of the film, below which a region is left out
LEVEL = 0.5  # of what the strongest so much of the film has, above which evidence is in a region
MOST = 5
SIDE = 256  # regions are found on a copy of the film that is no longer than this: maps are smooth
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
    number
        From 1, the region with most evidence first.
    mask : bool, (rows, columns)
        At the resolution of the lungs and map it was found in.
    lung : 'right' or 'left', the patient's
    zone : 'upper', 'middle' or 'lower' third of that lung's height
    share_of_lung
        Of that lung's area, in [0, 1].
    share_of_evidence
        Of all positive evidence on the film, in and outside the lungs, in [0, 1].
    brighter
        Mean grey level less that of the mirrored area, in grey levels; nan where the mirrored
        area lies outside the lungs.
    density
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
    def place(self) -> str:
        """As it is called: 'right lower zone'."""
        return f"{self.lung} {self.zone} zone"

    @property
    def opaque(self) -> bool:
        """Whether it is brighter than the mirrored area by more than is common; nan is not."""
        return self.brighter > OPAQUE


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the evidence in a film comes to; `xray_core.reporting.text.regions` says it in words.

    Every share is of all positive evidence on the film.

    Attributes
    ----------
    regions
        Empty where no place speaks for the target.
    right, left
        See `shares_of_lungs`.
    outside
        See `evidence_outside`; 0 where no place speaks for the target.
    whole_film
        Whether the network saw more than the lungs.
    positive, target
        See `Explanation`.
    """

    regions: tuple[Region, ...]
    right: float
    left: float
    outside: float
    whole_film: bool
    positive: bool
    target: str


def find_evidence(analysis: Analysis) -> Findings:
    """Find the regions of evidence in an analysed film, and see what lies outside the lungs."""
    pixels, explanation = analysis.radiograph.pixels, analysis.explanation
    factor = min(1, SIDE / max(pixels.shape))
    size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    film = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    lungs = cv2.resize(analysis.lungs.mask, size)
    saliency = saliency_on_film(explanation, *film.shape)
    positive = explanation.positive
    return Findings(
        find_regions(saliency, lungs, film) if positive else (),
        *shares_of_lungs(saliency, lungs),
        evidence_outside(saliency, lungs) if positive else 0.0,
        explanation.box == analysis.look.frame,
        positive,
        explanation.target,
    )


def find_regions(saliency: np.ndarray, lungs: np.ndarray, film: np.ndarray) -> tuple[Region, ...]:
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
    tuple
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
    strong = ((within >= level) & (within > 0)).astype(np.uint8)
    _, labels, about, _ = cv2.connectedComponentsWithStats(strong)
    evidence = np.bincount(labels.ravel(), saliency.ravel())
    large = [
        label
        for label in range(1, len(about))
        if about[label, cv2.CC_STAT_AREA] >= SMALLEST * within.size
    ]
    large.sort(key=lambda label: -evidence[label])
    return tuple(
        _describe(number, labels == label, saliency / total, inside, film, middle)
        for number, label in enumerate(large[:MOST], 1)
    )


def _describe(
    number: int,
    mask: np.ndarray,
    share: np.ndarray,
    inside: np.ndarray,
    film: np.ndarray,
    middle: float,
) -> Region:
    weight = np.where(mask, share, 0)
    x, y = (
        float(each @ np.arange(len(each)) / each.sum()) + 0.5
        for each in (weight.sum(axis=0), weight.sum(axis=1))
    )
    on_right = x < middle
    lung = inside & ((np.arange(mask.shape[1]) + 0.5 < middle) == on_right)
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


def _middle(inside: np.ndarray) -> float:
    """Column between the right lung and the left."""
    columns = np.nonzero(inside.any(axis=0))[0]
    return (columns[0] + columns[-1] + 1) / 2


def _brighter(mask: np.ndarray, inside: np.ndarray, film: np.ndarray, middle: float) -> float:
    """Mean grey level of an area less that of its mirror image about the lungs' middle."""
    rows, columns = np.nonzero(mask)
    mirrored = np.rint(2 * middle - 1 - columns).astype(int)
    kept = (mirrored >= 0) & (mirrored < mask.shape[1])
    kept[kept] = inside[rows[kept], mirrored[kept]]
    if not kept.any():
        return float("nan")
    return float(film[mask].mean()) - float(film[rows[kept], mirrored[kept]].mean())


def shares_of_lungs(saliency: np.ndarray, lungs: np.ndarray) -> tuple[float, float]:
    """Shares of all evidence that lie in the patient's right lung and in the left; 0 if none."""
    inside = lungs > 0.5
    total = float(saliency.sum())
    if total <= 0 or not inside.any():
        return 0.0, 0.0
    on_right = np.arange(inside.shape[1]) + 0.5 < _middle(inside)
    within = np.where(inside, saliency, 0).sum(axis=0)
    return float(within[on_right].sum()) / total, float(within[~on_right].sum()) / total


def evidence_outside(saliency: np.ndarray, lungs: np.ndarray) -> float:
    """Share of the evidence outside the lungs and a narrow rim; 0 where there is no evidence."""
    total = float(saliency.sum())
    if total <= 0:
        return 0.0
    # to dilate by so wide a disc would take longer than the network
    away = cv2.distanceTransform((lungs <= 0.5).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return float(saliency[away > round(RIM * lungs.shape[1])].sum()) / total
