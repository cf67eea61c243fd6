"""What the model would say if a part of the film were different."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.errors import UsageError
from xray_core.io.images import fit_within
from xray_core.saliency.agreement import compare
from xray_core.saliency.placement import saliency_on_film
from xray_core.types import Analysis, Explanation

KINDS = ("opacity", "erase", "blur")
LONGEST_PATH = 2000  # places; a stroke across the film has some fifty
_WORK = 384  # what a stroke does is smooth, so it is made on a copy no longer than this
_COMPARED = 256  # rows and columns on which evidence is counted


@dataclass(frozen=True, slots=True)
class Change:
    """A stroke of a round brush over a film.

    Attributes
    ----------
    kind
        'opacity' adds a soft shadow, 'erase' paints over from the surroundings, 'blur' takes the
        detail away.
    path
        Where the brush went, x and y in [0, 1] of the film's width and height; one place is a dot.
    size : in (0, 0.5]
        The brush's radius as a share of the film's width; an opacity's standard deviation is half
        of it.
    contrast
        Grey levels that an opacity adds at its middle; other kinds do not use it.
    """

    kind: str
    path: tuple[tuple[float, float], ...]
    size: float
    contrast: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"Expected a change out of {', '.join(KINDS)}, got '{self.kind}'.")
        if not 1 <= len(self.path) <= LONGEST_PATH:
            raise UsageError(
                f"Expected a stroke through 1 to {LONGEST_PATH:,} places, got {len(self.path):,}."
            )
        outside = [place for place in self.path if not all(0 <= share <= 1 for share in place)]
        if outside or not 0 < self.size <= 0.5:
            raise UsageError(
                "Expected places within the film and a radius of at most half its width, got "
                f"{(outside or self.path)[0]} and {self.size:.2f}."
            )


def change_film(pixels: np.ndarray, changes: Sequence[Change]) -> np.ndarray:
    """Change a film.

    Parameters
    ----------
    pixels : uint8, (rows, columns)
    changes
        One after the other.

    Returns
    -------
    uint8, (rows, columns)

    References
    ----------
    Telea, Journal of Graphics Tools 2004 (cv2.inpaint), for 'erase'.
    """
    pixels = pixels.copy()
    for change in changes:
        small = fit_within(pixels, _WORK)
        part, weight = _reach(_weight(small.shape, change), pixels.shape)
        changed = pixels[part].astype(np.float32)
        if change.kind == "opacity":
            changed += change.contrast * weight
        else:
            smooth = cv2.resize(_smooth(small, change), pixels.shape[::-1])[part]
            changed += weight * (smooth - changed)
        pixels[part] = np.rint(np.clip(changed, 0, 255))
    return pixels


def _reach(weight: np.ndarray, shape: tuple[int, ...]) -> tuple[tuple[slice, ...], np.ndarray]:
    """The part of a film that a stroke reaches, two slices, and the weight there."""
    found = [np.flatnonzero((weight > 0).any(axis=1 - axis)) for axis in (0, 1)]
    part = tuple(
        slice(max(0, places[0] - 1) * full // small, min(small, places[-1] + 2) * full // small)
        for places, small, full in zip(found, weight.shape, shape, strict=True)
    )
    return part, cv2.resize(weight, shape[::-1])[part]


def _smooth(small: np.ndarray, change: Change) -> np.ndarray:
    """What takes the place of a small film under the brush."""
    radius = change.size * small.shape[1]
    if change.kind == "blur":
        return cv2.GaussianBlur(small, (0, 0), max(1.0, radius / 2))
    hole = _away(small.shape, change) < radius + 2
    return cv2.inpaint(small, hole.astype(np.uint8), 5, cv2.INPAINT_TELEA)


def _weight(shape: tuple[int, ...], change: Change) -> np.ndarray:
    """How much of a change each place gets, float32 in [0, 1]: soft at the edge."""
    away, radius = _away(shape, change), change.size * shape[1]
    if change.kind == "opacity":
        return np.exp(-2 * np.square(away / radius)) * (away < 3 * radius)
    return np.clip((radius - away) / max(1.0, radius / 8) + 0.5, 0, 1)


def _away(shape: tuple[int, ...], change: Change) -> np.ndarray:
    """Distance from the brush's path in pixels, float32 (rows, columns)."""
    rows, columns = shape
    path = np.floor(np.multiply(change.path, (columns, rows))).astype(np.int32)
    path = np.clip(path, 0, (columns - 1, rows - 1))
    off = np.ones(shape, np.uint8)
    off[path[:, 1], path[:, 0]] = 0  # polylines draws no single place
    cv2.polylines(off, [path[:, None]], False, 0)
    return cv2.distanceTransform(off, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


@dataclass(frozen=True, slots=True)
class Move:
    """What the changes to a film did to the answer and to the evidence.

    Attributes
    ----------
    score
        Log-odds of pneumonia before and after.
    share
        Of the evidence, under the brush, before and after.
    agreement
        Rank correlation of the two maps within the lungs; nan where one is flat.
    """

    score: tuple[float, float]
    probability: tuple[float, float]
    share: tuple[float, float]
    agreement: float


def measure_move(before: Analysis, after: Analysis, changes: Sequence[Change]) -> Move:
    """Compare a film's analysis with that of the film changed.

    Parameters
    ----------
    before, after
        With evidence for the same target by the same method.
    """
    shape = _COMPARED, round(_COMPARED * before.radiograph.width / before.radiograph.height)
    under = np.any([_weight(shape, change) > 0.5 for change in changes], axis=0)

    def share(explanation: Explanation) -> float:
        placed = saliency_on_film(explanation, *shape)
        return float(placed[under].sum() / max(placed.sum(), 1e-9))

    ((agreement, _),) = compare([before.explanation, after.explanation], before.lungs)
    return Move(
        (before.prediction.score, after.prediction.score),
        (before.prediction.probability, after.prediction.probability),
        (share(before.explanation), share(after.explanation)),
        agreement,
    )
