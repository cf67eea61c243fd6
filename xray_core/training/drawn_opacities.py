"""Opacities drawn into normal films: of children's, nobody has said where they are.

Their kinds are those of `xray_core.evaluation.synthetic_opacities`, which the maps are measured on:
a shadow upon the lung, or the lung filled towards soft tissue. How they are drawn is not.
"""

import cv2
import numpy as np
from numpy.random import Generator

from xray_core.types import Box

RADII = (0.036, 0.19)  # as a share of the film's shorter side; drawn alike on a logarithmic scale
TWO = 0.25  # share of the films that get two
CENTRAL = (0.38, 0.62)  # of the lungs' width: behind the heart an opacity is seldom seen
BEHIND_THE_HEART = 0.1  # share of the films in which it may be drawn there all the same
CONTRASTS = (22.0, 75.0)  # grey levels
FILLED = (0.3, 0.85)  # of the way from the lung's grey level to that of soft tissue
FAINTEST = 18.0  # grey levels, on average, so that there is something to be seen


def draw_opacities(
    film: np.ndarray, mask: np.ndarray, box: Box, rng: Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one opacity or two into the lungs of a normal film.

    Parameters
    ----------
    film : uint8, (rows, columns)
    mask : float32, in [0, 1]
        The lungs, in any resolution.
    box
        Around them.
    rng
        For number, places, sizes, shapes, strengths and textures.

    Returns
    -------
    film : uint8, (rows, columns)
    where : float32, (rows, columns), 0 or 1
        1 where an opacity has more than half of its strength.
    """
    rows, columns = film.shape
    side = min(rows, columns)
    lungs = cv2.resize(mask, (columns, rows))
    profile = np.zeros((rows, columns), np.float32)
    for x, y in _places(lungs, box, 1 + (rng.random() < TWO), rng):
        profile = np.maximum(profile, _shape(film.shape, x, y, rng))
    if rng.random() < 0.5:  # it ends where the lung ends
        profile *= cv2.GaussianBlur((lungs > 0.5).astype(np.float32), (0, 0), 0.01 * side)
    where = profile > 0.5
    if rng.random() < 0.6:  # uneven inside
        uneven = rng.uniform(0.1, 0.35) * _noise(film.shape, rng.uniform(0.007, 0.027) * side, rng)
        profile *= np.clip(1 + uneven, 0.2, 1.8)
    if rng.random() < 0.5:
        added = rng.uniform(*CONTRASTS) * profile
    else:
        added = rng.uniform(*FILLED) * profile * _missing(film, box)
    mean = float(added[where].mean()) if where.any() else FAINTEST
    if mean < 3:  # as bright as soft tissue already
        added, mean = FAINTEST * profile, FAINTEST
    added *= max(1.0, FAINTEST / mean)
    return np.clip(np.rint(film + added), 0, 255).astype(np.uint8), where.astype(np.float32)


def _places(lungs: np.ndarray, box: Box, count: int, rng: Generator) -> list[tuple[float, float]]:
    """Places well inside the lungs, x and y in pixels."""
    inside = cv2.erode((lungs > 0.5).astype(np.uint8), np.ones((7, 7), np.uint8))
    across = ((np.arange(lungs.shape[1]) + 0.5) / lungs.shape[1] - box.left) / box.width
    if rng.random() >= BEHIND_THE_HEART:
        inside[:, (across > CENTRAL[0]) & (across < CENTRAL[1])] = 0
    y, x = np.nonzero(inside if inside.any() else lungs > 0.5)
    chosen = rng.integers(len(x), size=count)
    return [(float(x[at]), float(y[at])) for at in chosen]


def _shape(shape: tuple[int, ...], x: float, y: float, rng: Generator) -> np.ndarray:
    """An ellipse with a soft edge, ragged more often than not: float32 (rows, columns), to 1."""
    radius = min(shape) * np.exp(rng.uniform(*np.log(RADII)))
    aspect, angle = np.exp(rng.normal(0, 0.3)), rng.uniform(0, np.pi)
    down, across = np.ogrid[: shape[0], : shape[1]]
    across, down = across - x, down - y
    along = (across * np.cos(angle) + down * np.sin(angle)) / (radius * aspect)
    athwart = (down * np.cos(angle) - across * np.sin(angle)) / (radius / aspect)
    away = np.hypot(along, athwart)
    if rng.random() < 0.6:
        ragged = rng.uniform(0.1, 0.4)
        away *= np.exp(ragged * _noise(shape, radius * rng.uniform(0.15, 0.6), rng))
    edge = np.clip((away - 1) / rng.uniform(0.06, 0.3), -30, 30)
    return (1 / (1 + np.exp(edge))).astype(np.float32)


def _missing(film: np.ndarray, box: Box) -> np.ndarray:
    """What each pixel lacks to the grey level of soft tissue, >= 0."""
    rows, columns = film.shape
    top, left = max(0, int(box.top * rows)), max(0, int(box.left * columns))
    within = film[top : int(box.bottom * rows), left : int(box.right * columns)]
    return np.maximum(np.percentile(within, 90) - film.astype(np.float32), 0)


def _noise(shape: tuple[int, ...], grain: float, rng: Generator) -> np.ndarray:
    """Smooth noise of mean 0 and standard deviation 1."""
    noise = cv2.GaussianBlur(rng.normal(size=shape).astype(np.float32), (0, 0), grain)
    return noise / max(float(noise.std()), 1e-6)
