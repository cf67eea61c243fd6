"""What the model would say if a part of the film were different."""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.errors import UsageError
from xray_core.opacities import Opacity, insert_opacity
from xray_core.overlay import fit_within

KINDS = ("opacity", "erase", "blur")
_WORK = 384  # what fills an area is smooth, so it is made on a copy no longer than this


@dataclass(frozen=True, slots=True)
class Change:
    """A change to a round area of a film.

    Attributes
    ----------
    kind : str
        'opacity' adds a soft shadow, 'erase' fills the area from its surroundings, 'blur' takes
        its detail away.
    x, y : float, in [0, 1]
        Middle of the area, of the film's width and height.
    size : float, in (0, 0.5]
        Radius as a share of the film's width; the standard deviation of an opacity is half of it.
    contrast : float
        Grey levels that an opacity adds at its middle; other kinds do not use it.
    """

    kind: str
    x: float
    y: float
    size: float
    contrast: float = 0.0

    def __post_init__(self):
        if self.kind not in KINDS:
            raise UsageError(f"Expected a change out of {', '.join(KINDS)}, got '{self.kind}'.")
        if not (0 <= self.x <= 1 and 0 <= self.y <= 1 and 0 < self.size <= 0.5):
            raise UsageError(
                "Expected a place within the film and a radius of at most half its width, got "
                f"{self.x:.2f}, {self.y:.2f} and {self.size:.2f}."
            )


def change_film(pixels, changes):
    """Change a film.

    Parameters
    ----------
    pixels : uint8, (rows, columns)
    changes : sequence of Change
        One after the other.

    Returns
    -------
    uint8, (rows, columns)
    """
    for change in changes:
        pixels = _add_opacity(pixels, change) if change.kind == "opacity" else _fill(pixels, change)
    return pixels


def _add_opacity(pixels, change):
    rows, columns = pixels.shape
    size = change.size * columns / 2
    opacity = Opacity(change.x * columns, change.y * rows, size, change.contrast, textured=False)
    return insert_opacity(pixels, opacity, np.random.default_rng(0))[0]


def _fill(pixels, change):
    """Put something smooth in the place of an area, with a soft edge.

    References
    ----------
    Telea, Journal of Graphics Tools 2004 (cv2.inpaint), for 'erase'.
    """
    small = fit_within(pixels, _WORK)
    radius = change.size * small.shape[1]
    if change.kind == "erase":
        hole = _disc(small.shape, change, radius + 2) > 0.5
        smooth = cv2.inpaint(small, hole.astype(np.uint8), 5, cv2.INPAINT_TELEA)
    else:
        smooth = cv2.GaussianBlur(small, (0, 0), max(1.0, radius / 2))
    smooth = cv2.resize(smooth, pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)
    weight = _disc(pixels.shape, change, change.size * pixels.shape[1])
    return np.rint(pixels + weight * (smooth.astype(np.float32) - pixels)).astype(np.uint8)


def _disc(shape, change, radius):
    """1 inside a disc, 0 outside, with an edge an eighth of the radius wide: float32."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    away = np.hypot(x + 0.5 - change.x * shape[1], y + 0.5 - change.y * shape[0])
    return np.clip((radius - away) / max(1.0, radius / 8) + 0.5, 0, 1).astype(np.float32)
