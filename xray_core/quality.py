"""Is this a frontal chest film that the model may judge? With reasons in words.

Two guards look at the same numbers, which the lung segmentation yields in the pass that is made
anyway: a small network that knows films and what has been mistaken for one, and the distance to the
films it has seen, for what nobody thought of.
"""

import io
from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.model_card import model_folder, read_card, read_model_file

GATE = "quality"
GATE_FILE = "gate.npz"
ACCEPTED = ("child", "adult")
KINDS = (*ACCEPTED, "turned by 90°", "upside down", "inverted", "cropped", "other")

MIN_FILM_SIDE = 128  # pixels, below which a film shows no lung texture
MIN_SPREAD = 10.0  # grey levels between the 5th and 95th percentile of a film that shows anything
DARKEST, BRIGHTEST = 12.0, 243.0  # median grey levels

REASONS = {
    "turned by 90°": "The film seems to be turned by 90°: turn it upright and try again.",
    "upside down": "The film seems to be upside down: turn it upright and try again.",
    "inverted": "The film seems to be inverted (bones dark): invert it and try again.",
    "cropped": "A part of the lungs seems to be cut off: choose the whole film.",
    "other": "This does not look like a frontal chest radiograph: choose one.",
}
TOO_SMALL = (
    f"The film is smaller than {MIN_FILM_SIDE} pixels on one side: choose it at its full size."
)
UNIFORM = "The picture is nearly uniform: export the film again with another window."
TOO_DARK = "The film is too dark: export it again with another window."
TOO_BRIGHT = "The film is too bright: export it again with another window."
UNLIKE = (
    "The picture is unlike every film the gate was fitted on: choose a frontal chest radiograph."
)
ADULT = "This looks like an adult's film; the model was trained on children of 1-5 years."


@dataclass(frozen=True, slots=True)
class Quality:
    """What the gate says about a film.

    Attributes
    ----------
    kind : str
        The most probable of KINDS.
    shares : mapping of str to float
        Of each kind; they sum to 1.
    distance : float, >= 0
        To the films the gate was fitted on, over the largest that is accepted.
    reasons : tuple of str
        Why the film is refused; empty where it is accepted.
    warnings : tuple of str
        What the person should know although the film is accepted.
    """

    kind: str
    shares: dict
    distance: float
    reasons: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def accepted(self):
        return not self.reasons


def describe_film(film, lungs, seen):
    """Put what is known about a film into one row of numbers.

    Parameters
    ----------
    film : uint8, (224, 224), see `xray_core.lungs.reduce_film`
    lungs : Lungs
    seen : float32, (256,)
        What the segmentation's encoder saw, averaged over the film.

    Returns
    -------
    float32, (numbers,)
    """
    return np.concatenate([seen, _describe_tone(film, lungs.mask), _describe_mask(lungs.mask)])


def _describe_tone(film, mask):
    grey = film.astype(np.float32) / 255
    small = cv2.resize(grey, (8, 8), interpolation=cv2.INTER_AREA)
    inside = cv2.resize(mask, film.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0.5
    frame = np.concatenate(
        [grey[:8].ravel(), grey[-8:].ravel(), grey[:, :8].ravel(), grey[:, -8:].ravel()]
    )
    rough = cv2.norm(cv2.Laplacian(grey, cv2.CV_32F), cv2.NORM_L1) / film.size
    mean, spread = (value.item() for value in cv2.meanStdDev(grey))
    contrast = _contrast(grey, inside)
    facts = [mean, spread, contrast, frame.mean(), frame.std(), _likeness(small), rough]
    counts = _count_levels(film)
    levels = _percentiles(counts, [1, 5, 25, 50, 75, 95, 99]) / 255
    clipped = counts[[0, 255]] / film.size
    return np.concatenate([facts, levels, clipped, small.ravel()]).astype(np.float32)


def _contrast(grey, inside):
    """How much brighter the film is outside the lungs than inside; 0 where one of them is all."""
    weights = inside.ravel().astype(np.float32)
    within = weights.sum()
    if not 0 < within < weights.size:
        return 0.0
    lungs = np.dot(grey.ravel(), weights)
    return (grey.sum() - lungs) / (weights.size - within) - lungs / within


def _likeness(small):
    """Correlation of a picture with its mirror image."""
    centred = small - small.mean()
    power = np.square(centred).sum()
    return (centred * centred[:, ::-1]).sum() / power if power > 0 else 1.0


def _count_levels(film):
    """Count each grey level: int, (256,)."""
    return cv2.calcHist([film], [0], None, [256], [0, 256]).ravel().astype(int)


def _percentiles(counts, shares):
    """Those of ``numpy.percentile`` of the film, which is much slower, from its counted levels."""
    upto = np.cumsum(counts)
    place = np.array(shares) / 100 * (upto[-1] - 1)
    below = place.astype(int)
    above = np.minimum(below + 1, upto[-1] - 1)
    low, high = (np.searchsorted(upto, at, side="right") for at in (below, above))
    return low + (place - below) * (high - low)


def _describe_mask(mask):
    found = mask > 0.5
    rows, columns = mask.shape
    if not found.any():
        return np.zeros(17 + 64, np.float32)
    parts, _, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8))
    areas = np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1] / found.size
    ys, xs = np.nonzero(found)
    box = [ys.min() / rows, (ys.max() + 1) / rows, xs.min() / columns, (xs.max() + 1) / columns]
    edges = [found[0].mean(), found[-1].mean(), found[:, 0].mean(), found[:, -1].mean()]
    mirrored = 2 * (found & found[:, ::-1]).mean() / (2 * found.mean())
    facts = [
        found.mean(),
        parts - 1,
        areas[0],
        areas[1] if len(areas) > 1 else 0,
        mirrored,
        ys.mean() / rows,
        xs.mean() / columns,
        mask[found].mean(),
        np.abs(mask - found).mean(),
    ]
    small = cv2.resize(mask, (8, 8), interpolation=cv2.INTER_AREA)
    return np.concatenate([facts, box, edges, small.ravel()]).astype(np.float32)


class Gate:
    """Judges films by the numbers of `describe_film`.

    Parameters
    ----------
    weights : mapping of str to array
        As `xray_core.train_gate` writes them.
    """

    def __init__(self, weights):
        self._weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}

    def shares(self, rows):
        """Share of each of KINDS, float (films, kinds), for rows (films, numbers)."""
        w = self._weights
        hidden = np.maximum(self._standard(rows) @ w["hidden"] + w["hidden_bias"], 0)
        scores = hidden @ w["output"] + w["output_bias"]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def distances(self, rows):
        """Mahalanobis distance to the accepted films along their main directions, (films,)."""
        w = self._weights
        centred = self._standard(rows) - w["centre"]
        along = centred @ w["directions"]
        beside = np.square(centred).sum(axis=1) - np.square(along).sum(axis=1)
        squares = np.square(along / w["spread"]).sum(axis=1) + beside / w["rest"]
        return np.sqrt(np.maximum(squares, 0))

    def _standard(self, rows):
        w = self._weights
        return np.clip((rows - w["mean"]) / w["scale"], -8, 8)

    def assess(self, radiograph, film, lungs, seen):
        """Judge one film.

        Returns
        -------
        Quality
        """
        row = describe_film(film, lungs, seen)[None]
        shares = self.shares(row)[0]
        distance = float(self.distances(row)[0] / self._weights["farthest"])
        kind = KINDS[int(shares.argmax())]
        accepted = float(shares[: len(ACCEPTED)].sum())
        reasons = _plain_reasons(radiograph, film)
        if not reasons and accepted < self._weights["least"]:
            worst = KINDS[len(ACCEPTED) + int(shares[len(ACCEPTED) :].argmax())]
            reasons = (REASONS[worst],)
            kind = worst
        elif not reasons and distance > 1:
            reasons = (UNLIKE,)
        grown = grown_share(shares[None])[0] > self._weights["grown"]
        warnings = (ADULT,) if not reasons and grown else ()
        named = dict(zip(KINDS, map(float, shares), strict=True))
        return Quality(kind, named, distance, reasons, warnings)


def grown_share(shares):
    """How much of the accepted share is an adult's, in [0, 1]; shares (films, kinds)."""
    return shares[:, 1] / np.maximum(shares[:, : len(ACCEPTED)].sum(axis=1), 1e-9)


def _plain_reasons(radiograph, film):
    """What needs no network to see."""
    low, middle, high = _percentiles(_count_levels(film), [5, 50, 95])
    if min(radiograph.height, radiograph.width) < MIN_FILM_SIDE:
        return (TOO_SMALL,)
    if high - low < MIN_SPREAD:
        return (UNIFORM,)
    if middle < DARKEST and high < 64:
        return (TOO_DARK,)
    if middle > BRIGHTEST:
        return (TOO_BRIGHT,)
    return ()


def load_gate():
    """Load the gate; ModelError where its folder is incomplete or not the one on its card."""
    folder = model_folder(GATE)
    content = read_model_file(folder, GATE_FILE, read_card(folder))
    with np.load(io.BytesIO(content), allow_pickle=False) as weights:
        return Gate(dict(weights))
