"""Evidence in the anatomy's words: connected regions, each with its lung and zone."""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.saliency import saliency_on_film
from xray_core.wording import target_of

LEVEL = 0.5  # of the map's maximum, above which evidence belongs to a region
SMALLEST = 0.004  # of the film, below which a region is left out
MOST = 5
SIDE = 512  # regions are found on a copy of the film that is no longer than this
OUTSIDE_WARNING = 0.15  # share of the evidence outside the lungs above which one is warned
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
    """

    number: int
    mask: np.ndarray
    lung: str
    zone: str
    share_of_lung: float
    share_of_evidence: float
    brighter: float

    @property
    def place(self):
        return f"{self.zone} zone of the {self.lung} lung"


def describe_regions(analysis):
    """Find the regions of evidence in an analysed film, and sum them up.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    regions : tuple of Region
        Empty where no place speaks for the target.
    summary : str
        See `summarise`.
    """
    pixels, explanation = analysis.radiograph.pixels, analysis.explanation
    factor = min(1, SIDE / max(pixels.shape))
    size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    film = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    lungs = cv2.resize(analysis.lungs.mask, size)
    saliency = saliency_on_film(explanation, *film.shape)
    regions = find_regions(saliency, lungs, film) if explanation.positive else ()
    outside = evidence_outside(saliency, lungs)
    target = target_of(explanation.target)
    return regions, summarise(regions, outside, explanation.positive, target)


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
    columns = np.nonzero(inside.any(axis=0))[0]
    middle = (columns[0] + columns[-1] + 1) / 2
    count, labels = cv2.connectedComponents((within >= LEVEL * within.max()).astype(np.uint8))
    masks = [labels == label for label in range(1, count)]
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
    )


def _brighter(mask, inside, film, middle):
    """Mean grey level of an area less that of its mirror image about the lungs' middle."""
    rows, columns = np.nonzero(mask)
    mirrored = np.rint(2 * middle - 1 - columns).astype(int)
    kept = (mirrored >= 0) & (mirrored < mask.shape[1])
    kept[kept] = inside[rows[kept], mirrored[kept]]
    if not kept.any():
        return float("nan")
    return float(film[mask].mean()) - float(film[rows[kept], mirrored[kept]].mean())


def evidence_outside(saliency, lungs):
    """Share of the evidence outside the lungs; 0 where there is no evidence."""
    total = float(saliency.sum())
    return float(saliency[lungs <= 0.5].sum()) / total if total > 0 else 0.0


def summarise(regions, outside, positive=True, target="pneumonia"):
    """Sum up the evidence in a sentence or two.

    Parameters
    ----------
    regions : sequence of Region
    outside : float
        Share of the evidence outside the lungs.
    positive : bool
        Whether any place speaks for the target to the network.
    target : str
        What the evidence speaks for, in words.
    """
    if not positive:
        return f"No positive evidence: no place in this film speaks for {target} to the model."
    if not regions:
        return "The evidence is spread thinly and forms no region."
    first = regions[0]
    sentence = (
        f"The evidence for {target} is strongest in the {first.place}, where "
        f"{first.share_of_evidence:.0%} of it lies"
    )
    places = list(dict.fromkeys(region.place for region in regions[1:]))
    others = [place for place in places if place != first.place]
    sentence += f"; there is more in the {', and the '.join(others)}." if others else "."
    if outside > OUTSIDE_WARNING:
        sentence += (
            f" Careful: {outside:.0%} of the evidence lies outside the lungs; the model may be "
            "looking at a marker or a tube."
        )
    return sentence
