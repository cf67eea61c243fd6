"""Is this a frontal chest film that the model may judge? With reasons in words.

Two guards look at the same numbers, which the lung segmentation yields in the pass that is made
anyway: a small network that knows films and what has been mistaken for one, and the distance to the
films it has seen, for what nobody thought of.
"""

import io
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import ArrayLike

from xray_core.inference.model_card import model_folder, read_card, read_model_file
from xray_core.types import Lungs, Quality

GATE = "quality"
GATE_FILE = "gate.npz"
ACCEPTED = ("child", "adult")
KINDS = (*ACCEPTED, "turned by 90°", "upside down", "inverted", "cropped", "other")

MIN_FILM_SIDE = 128  # pixels, below which a film shows no lung texture
SMALL_SIDE = 200  # pixels, below which one film in ten moves by 0.3 log-odds from its larger self
MIN_SPREAD = 10.0  # grey levels between the 5th and 95th percentile of a film that shows anything
DARKEST, BRIGHTEST = 12.0, 243.0  # median grey levels

# Lungs one above the other, or more than two beside each other, are those of several films: parts
# of the lines that are lung by so large a share, which have so large a share of all lung each. Seen
# in 117 of 117 pictures of films stacked, beside each other and in a square, in 0 of 1,374 films.
LUNG_LINE, ABOVE, BESIDE = 0.06, 0.15, 0.12

# Degrees: of upright films, whose left lung lies lower, and off them, from when on it is said.
# Turned by 5, 8, 12 and 16 degrees, films move by 0.3, 0.3, 0.5 and 0.7 log-odds (median), a tenth
# of them by more than 0.8, 1.0, 1.4 and 1.7.
UPRIGHT_TILT, MOST_TILT = 2.2, 12.0
SECOND_LUNG = 0.3  # of the area of the first that a part has which is a lung

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
SEVERAL = "The picture seems to show several films: choose the one that is meant."
UNIFORM = "The picture is nearly uniform: export the film again with another window."
TOO_DARK = "The film is too dark: export it again with another window."
TOO_BRIGHT = "The film is too bright: export it again with another window."
SMALL = (
    f"The film is smaller than {SMALL_SIDE} pixels on one side: without its detail the score can "
    "differ by 0.3 log-odds and more; choose it at its full size."
)
TILTED = (
    "The lungs lie askew by about {:.0f}°, which can move the score by more than 1 log-odds: turn "
    "the film upright."
)
UNLIKE = (
    "The picture is unlike every film the gate was fitted on: choose a frontal chest radiograph."
)
ADULT = (
    "This looks like an adult's film: the lung classifier learned from adults of one hospital, the "
    "baseline from none."
)


def describe_film(
    film: np.ndarray, lungs: Lungs, seen: np.ndarray, levels: np.ndarray
) -> np.ndarray:
    """Put what is known about a film into one row of numbers.

    Parameters
    ----------
    film : uint8, (224, 224), see `xray_core.inference.views.reduce_film`
    seen : float32, (256,)
        What the segmentation's encoder saw, averaged over the film.
    levels
        The film's `percentiles`.

    Returns
    -------
    float32, (numbers,)
    """
    parts = [seen, _describe_tone(film, lungs.mask, levels), _describe_mask(lungs.mask)]
    return np.concatenate(parts, dtype=np.float32)


def _describe_tone(film: np.ndarray, mask: np.ndarray, levels: np.ndarray) -> np.ndarray:
    grey = film.astype(np.float32) / 255
    inside = (cv2.resize(mask, film.shape[::-1]) > 0.5).astype(np.float32)
    frame = np.concatenate(
        [film[:8].ravel(), film[-8:].ravel(), film[:, :8].ravel(), film[:, -8:].ravel()]
    )
    small = cv2.resize(grey, (8, 8), interpolation=cv2.INTER_AREA)
    centred = small - small.mean()
    power = np.square(centred).sum()
    facts = [
        *_mean_and_spread(film),
        _contrast(grey, inside),
        *_mean_and_spread(frame),
        (centred * centred[:, ::-1]).sum() / power if power > 0 else 1.0,  # mirrored
        cv2.norm(cv2.Laplacian(grey, cv2.CV_32F), cv2.NORM_L1) / film.size,
    ]
    clipped = [np.count_nonzero(film == level) / film.size for level in (0, 255)]
    return np.concatenate([facts, levels / 255, clipped, small.ravel()])


def _mean_and_spread(film: np.ndarray) -> list[float]:
    return [value.item() / 255 for value in cv2.meanStdDev(film)]


def _contrast(grey: np.ndarray, inside: np.ndarray) -> float:
    """How much brighter the film is outside the lungs than inside; 0 where one of them is all."""
    within, lungs = inside.sum(), np.vdot(grey, inside)
    if not 0 < within < inside.size:
        return 0.0
    return (grey.sum() - lungs) / (inside.size - within) - lungs / within


def percentiles(film: np.ndarray) -> np.ndarray:
    """The PERCENTILES of a film's grey levels.

    From the counts of the levels: ``numpy.percentile`` needs 0.5 ms more, 8% of a film's time.
    """
    upto = np.cumsum(cv2.calcHist([film], [0], None, [256], [0, 256]))
    place = PERCENTILES / 100 * (film.size - 1)
    ends = np.floor(place), np.ceil(place)
    low, high = (np.searchsorted(upto, end, side="right") for end in ends)
    return low + place % 1 * (high - low)


def _describe_mask(mask: np.ndarray) -> np.ndarray:
    found = mask > 0.5
    rows, columns = mask.shape
    parts, _, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8))
    if parts == 1:
        return np.zeros(17 + 64)
    areas = np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1] / mask.size
    across, down = found.sum(axis=1), found.sum(axis=0)
    total = across.sum()
    ys, xs = np.flatnonzero(across), np.flatnonzero(down)
    facts = [
        total / mask.size,
        parts - 1,
        areas[0],
        areas[1] if len(areas) > 1 else 0,
        (found & found[:, ::-1]).sum() / total,  # mirrored
        np.dot(across, np.arange(rows)) / total / rows,
        np.dot(down, np.arange(columns)) / total / columns,
        mask[found].mean(),
        np.abs(mask - found).mean(),
    ]
    box = [ys[0] / rows, (ys[-1] + 1) / rows, xs[0] / columns, (xs[-1] + 1) / columns]
    edges = [across[0] / columns, across[-1] / columns, down[0] / rows, down[-1] / rows]
    small = cv2.resize(mask, (8, 8), interpolation=cv2.INTER_AREA)
    return np.concatenate([facts, box, edges, small.ravel()])


class Gate:
    """Judges films by the numbers of `describe_film`.

    Parameters
    ----------
    weights
        As `xray_core.training.gate.run` writes them.
    """

    def __init__(self, weights: Mapping[str, ArrayLike]) -> None:
        self._weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}

    def shares(self, rows: np.ndarray) -> np.ndarray:
        """Share of each of KINDS, float (films, kinds), for rows (films, numbers)."""
        w = self._weights
        hidden = np.maximum(self._standard(rows) @ w["hidden"] + w["hidden_bias"], 0)
        scores = hidden @ w["output"] + w["output_bias"]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def distances(self, rows: np.ndarray) -> np.ndarray:
        """Mahalanobis distance to the accepted films along their main directions, (films,)."""
        w = self._weights
        centred = self._standard(rows) - w["centre"]
        along = centred @ w["directions"]
        beside = np.square(centred).sum(axis=1) - np.square(along).sum(axis=1)
        squares = np.square(along / w["spread"]).sum(axis=1) + beside / w["rest"]
        return np.sqrt(np.maximum(squares, 0))

    def _standard(self, rows: np.ndarray) -> np.ndarray:
        w = self._weights
        return np.clip((rows - w["mean"]) / w["scale"], -8, 8)

    def assess(
        self, film: np.ndarray, lungs: Lungs, seen: np.ndarray, shape: tuple[int, ...]
    ) -> Quality:
        """Judge a film; the first three as `describe_film` takes them.

        ``shape`` is that of the film as it came, rows and columns in pixels.
        """
        side, tilt = min(shape), tilt_of(lungs.mask, shape)
        levels = percentiles(film)
        rows = describe_film(film, lungs, seen, levels)[None]
        all_shares = self.shares(rows)
        (shares,) = all_shares
        (distance,) = (self.distances(rows) / self._weights["farthest"]).tolist()
        reasons, kind = _plain_reasons(levels, side), KINDS[shares.argmax()]
        if not reasons and shares[: len(ACCEPTED)].sum() < self._weights["least"]:
            kind = KINDS[len(ACCEPTED) + shares[len(ACCEPTED) :].argmax()]
            reasons = (REASONS[kind],)
        elif not reasons and distance > 1:
            reasons = (UNLIKE,)
        if kind in ACCEPTED and reasons in ((), (UNLIKE,)) and shows_several_films(lungs.mask):
            reasons = (SEVERAL,)
        grown = not reasons and grown_share(all_shares)[0] > self._weights["grown"]
        named = dict(zip(KINDS, shares.tolist(), strict=True))
        small, tilted = side < SMALL_SIDE, abs(tilt) > MOST_TILT
        warnings = (SMALL,) * small + (TILTED.format(abs(tilt)),) * tilted + (ADULT,) * bool(grown)
        return Quality(kind, named, distance, reasons, () if reasons else warnings)


def grown_share(shares: np.ndarray) -> np.ndarray:
    """How much of the accepted share is an adult's, in [0, 1]; shares (films, kinds)."""
    return shares[:, 1] / np.maximum(shares[:, : len(ACCEPTED)].sum(axis=1), 1e-9)


def shows_several_films(mask: np.ndarray) -> bool:
    """Whether there are more lungs than one film has; mask float32 (rows, columns), in [0, 1]."""
    lung = mask > 0.5
    return _count_parts(lung.mean(axis=1), ABOVE) > 1 or _count_parts(lung.mean(axis=0), BESIDE) > 2


def tilt_of(mask: np.ndarray, shape: tuple[int, ...]) -> float:
    """Degrees by which the lungs lie askew, clockwise; 0 where there are not two.

    From the line between the centres of both lungs; on upright films it varies by 5 degrees
    (standard deviation), since no two lungs are alike.

    Parameters
    ----------
    mask : float32, (rows, columns), in [0, 1]
    shape
        Rows and columns of the film, to which the mask was squeezed.
    """
    count, _, stats, centres = cv2.connectedComponentsWithStats((mask > 0.5).astype(np.uint8))
    first, second = (np.argsort(stats[1:, cv2.CC_STAT_AREA])[::-1] + 1)[:2] if count > 2 else (0, 0)
    if stats[second, cv2.CC_STAT_AREA] < SECOND_LUNG * stats[first, cv2.CC_STAT_AREA] or not first:
        return 0.0
    across, down = (centres[second] - centres[first]) / mask.shape[::-1] * shape[1::-1]
    return float(np.degrees(np.arctan(down / across))) - UPRIGHT_TILT if across else 0.0


def _count_parts(lines: np.ndarray, share: float) -> int:
    """Parts apart from each other that have a share of all lung; its share of each line."""
    changes = np.flatnonzero(np.diff(lines >= LUNG_LINE, prepend=False, append=False))
    parts = [lines[start:stop].sum() for start, stop in changes.reshape(-1, 2)]
    return sum(part >= share * lines.sum() for part in parts)


def _plain_reasons(levels: np.ndarray, side: int) -> tuple[str, ...]:
    """What needs no network to see."""
    _, low, _, middle, _, high, _ = levels
    if side < MIN_FILM_SIDE:
        return (TOO_SMALL,)
    if high - low < MIN_SPREAD:
        return (UNIFORM,)
    if middle < DARKEST and high < 64:
        return (TOO_DARK,)
    if middle > BRIGHTEST:
        return (TOO_BRIGHT,)
    return ()


def load_gate(home: Path | None = None) -> Gate:
    """Load the gate; ModelError where its folder is incomplete or not the one on its card."""
    folder = model_folder(GATE, home)
    content = read_model_file(folder, GATE_FILE, read_card(folder))
    with np.load(io.BytesIO(content), allow_pickle=False) as weights:
        return Gate(dict(weights))
