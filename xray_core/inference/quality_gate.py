"""Is this a frontal chest film that the model may judge? With reasons in words.

Two guards look at the same numbers, which the lung segmentation yields in the pass that is made
anyway: a small network that knows films and what has been mistaken for one, and the distance to the
films it has seen, for what nobody thought of.
"""

import io
from pathlib import Path

import cv2
import numpy as np

from xray_core.inference.model_card import model_folder, read_card, read_model_file
from xray_core.types import Quality

GATE = "quality"
GATE_FILE = "gate.npz"
ACCEPTED = ("child", "adult")
KINDS = (*ACCEPTED, "turned by 90°", "upside down", "inverted", "cropped", "other")

MIN_FILM_SIDE = 128  # pixels, below which a film shows no lung texture
MIN_SPREAD = 10.0  # grey levels between the 5th and 95th percentile of a film that shows anything
DARKEST, BRIGHTEST = 12.0, 243.0  # median grey levels

PERCENTILES = np.array([1, 5, 25, 50, 75, 95, 99])

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


def describe_film(film, lungs, seen):
    """Put what is known about a film into one row of numbers.

    Parameters
    ----------
    film : uint8, (224, 224), see `xray_core.inference.views.reduce_film`
    lungs : Lungs
    seen : float32, (256,)
        What the segmentation's encoder saw, averaged over the film.

    Returns
    -------
    float32, (numbers,)
    """
    return _describe_film(film, lungs, seen, Levels(film))


def _describe_film(film, lungs, seen, levels):
    tone = _describe_tone(film, lungs.mask, levels)
    return np.concatenate([seen, tone, _describe_mask(lungs.mask)], dtype=np.float32)


def _describe_tone(film, mask, levels):
    grey = film.astype(np.float32) / 255
    small = cv2.resize(grey, (8, 8), interpolation=cv2.INTER_AREA)
    inside = cv2.resize(mask, film.shape[::-1], interpolation=cv2.INTER_LINEAR)
    inside = cv2.threshold(inside, 0.5, 1, cv2.THRESH_BINARY)[1]
    frame = np.concatenate(
        [film[:8].ravel(), film[-8:].ravel(), film[:, :8].ravel(), film[:, -8:].ravel()]
    )
    rough = cv2.norm(cv2.Laplacian(grey, cv2.CV_32F), cv2.NORM_L1) / film.size
    mean, spread = _mean_and_spread(film)
    contrast = _contrast(grey, mean, inside)
    facts = [mean, spread, contrast, *_mean_and_spread(frame), _likeness(small), rough]
    return np.concatenate([facts, levels.percentiles / 255, levels.clipped, small.ravel()])


def _mean_and_spread(film):
    return [value.item() / 255 for value in cv2.meanStdDev(film)]


def _contrast(grey, mean, inside):
    """How much brighter the film is outside the lungs than inside; 0 where one of them is all."""
    within = np.vdot(inside, inside)
    if not 0 < within < inside.size:
        return 0.0
    lungs = np.vdot(grey, inside)
    return (mean * grey.size - lungs) / (inside.size - within) - lungs / within


def _likeness(small):
    """Correlation of a picture with its mirror image."""
    centred = small - small.mean()
    power = np.vdot(centred, centred)
    return np.vdot(centred, centred[:, ::-1]) / power if power > 0 else 1.0


class Levels:
    """The PERCENTILES of a film's grey levels, and the shares of black and white.

    From the counts of the levels, which is much faster than ``numpy.percentile``.
    """

    def __init__(self, film):
        counts = cv2.calcHist([film], [0], None, [256], [0, 256]).ravel()
        self.clipped = counts[[0, 255]] / film.size
        upto = np.cumsum(counts)
        place = PERCENTILES / 100 * (film.size - 1)
        below = np.floor(place)
        above = np.minimum(below + 1, film.size - 1)
        low, high = (np.searchsorted(upto, at, side="right") for at in (below, above))
        self.percentiles = low + (place - below) * (high - low)


def _describe_mask(mask):
    found = cv2.threshold(mask, 0.5, 1, cv2.THRESH_BINARY)[1]
    rows, columns = mask.shape
    parts, _, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8))
    if parts == 1:
        return np.zeros(17 + 64)
    areas = np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1] / mask.size
    # sums of zeros and ones, exact and faster than to reduce truth values
    across, down = found.sum(axis=1), found.sum(axis=0)
    total = across.sum()
    ys, xs = np.flatnonzero(across), np.flatnonzero(down)
    facts = [
        total / mask.size,
        parts - 1,
        areas[0],
        areas[1] if len(areas) > 1 else 0,
        np.vdot(found, found[:, ::-1]) / total,  # mirrored
        np.dot(across, np.arange(rows)) / total / rows,
        np.dot(down, np.arange(columns)) / total / columns,
        np.vdot(mask, found) / total,
        cv2.norm(mask, found, cv2.NORM_L1) / mask.size,
    ]
    box = [ys[0] / rows, (ys[-1] + 1) / rows, xs[0] / columns, (xs[-1] + 1) / columns]
    edges = [across[0] / columns, across[-1] / columns, down[0] / rows, down[-1] / rows]
    small = cv2.resize(mask, (8, 8), interpolation=cv2.INTER_AREA)
    return np.concatenate([facts, box, edges, small.ravel()])


class Gate:
    """Judges films by the numbers of `describe_film`.

    Parameters
    ----------
    weights : mapping of str to array
        As `xray_core.training.gate.run` writes them.
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

    def assess(self, films, examined, sides):
        """Judge films.

        Parameters
        ----------
        films : sequence of uint8 (224, 224), see `xray_core.inference.views.reduce_film`
        examined : sequence of (Lungs, float32 (256,))
            Of each film, see `describe_film`.
        sides : sequence of int
            Pixels of the shorter side of each film as it came.

        Returns
        -------
        list of Quality
        """
        if not films:
            return []
        levels = [Levels(film) for film in films]
        rows = np.stack(
            [
                _describe_film(film, *seen, found)
                for film, seen, found in zip(films, examined, levels, strict=True)
            ]
        )
        shares = self.shares(rows)
        distances = self.distances(rows) / self._weights["farthest"]
        unfit = shares[:, : len(ACCEPTED)].sum(axis=1) < self._weights["least"]
        grown = grown_share(shares) > self._weights["grown"]
        plain = map(_plain_reasons, sides, levels)
        return list(map(_quality, shares, distances.tolist(), plain, unfit, grown))


def _quality(shares, distance, reasons, unfit, grown):
    kind = KINDS[shares.argmax()]
    if not reasons and unfit:
        kind = KINDS[len(ACCEPTED) + shares[len(ACCEPTED) :].argmax()]
        reasons = (REASONS[kind],)
    elif not reasons and distance > 1:
        reasons = (UNLIKE,)
    warnings = (ADULT,) if not reasons and grown else ()
    named = dict(zip(KINDS, shares.tolist(), strict=True))
    return Quality(kind, named, distance, reasons, warnings)


def grown_share(shares):
    """How much of the accepted share is an adult's, in [0, 1]; shares (films, kinds)."""
    return shares[:, 1] / np.maximum(shares[:, : len(ACCEPTED)].sum(axis=1), 1e-9)


def _plain_reasons(side, levels):
    """What needs no network to see."""
    _, low, _, middle, _, high, _ = levels.percentiles
    if side < MIN_FILM_SIDE:
        return (TOO_SMALL,)
    if high - low < MIN_SPREAD:
        return (UNIFORM,)
    if middle < DARKEST and high < 64:
        return (TOO_DARK,)
    if middle > BRIGHTEST:
        return (TOO_BRIGHT,)
    return ()


def load_gate(home: Path | None = None) -> "Gate":
    """Load the gate; ModelError where its folder is incomplete or not the one on its card."""
    folder = model_folder(GATE, home)
    content = read_model_file(folder, GATE_FILE, read_card(folder))
    with np.load(io.BytesIO(content), allow_pickle=False) as weights:
        return Gate(dict(weights))
