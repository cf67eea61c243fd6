"""Opacities of known place, size and contrast, put into films: a finding whose truth is known."""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.types import Box

CENTRAL = (0.36, 0.64)  # of the lungs' width: the heart, where no opacity is put
SIZES = (6.0, 16.0)  # standard deviation in pixels of a 224-pixel film
CONTRASTS = (30.0, 80.0)  # grey levels at the middle
# A consolidation, in shares of the film's sides: the size that one has in adults.
WIDTHS, HEIGHTS = (0.15, 0.30), (0.15, 0.38)
FILLED = (0.30, 0.85)  # of the way from the lung's grey level to that of soft tissue


@dataclass(frozen=True, slots=True)
class Opacity:
    """A shadow to put into a film; x, y and size in pixels, contrast in grey levels."""

    x: float
    y: float
    size: float
    contrast: float
    textured: bool


def draw_opacity(mask: np.ndarray, box: Box, rng: np.random.Generator, textured: bool) -> Opacity:
    """Choose a place well inside a lung field, a size and a contrast at random.

    ``mask``, float32 (rows, columns) in [0, 1], holds the lungs, at the film's size.
    """
    place = _draw_place(mask, box, rng)
    return Opacity(*place, rng.uniform(*SIZES), rng.uniform(*CONTRASTS), textured)


def insert_opacity(
    film: np.ndarray, opacity: Opacity, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Put an opacity into a film.

    Parameters
    ----------
    film
        uint8, (rows, columns).
    opacity
        Gaussian, or textured: ragged at its edge and uneven inside.
    rng
        For the texture.

    Returns
    -------
    film : uint8, (rows, columns)
    truth : bool, (rows, columns)
        Where the opacity has more than half of its contrast.
    """
    y, x = np.mgrid[: film.shape[0], : film.shape[1]]
    distance = ((x - opacity.x) ** 2 + (y - opacity.y) ** 2) / opacity.size**2
    if opacity.textured:
        distance = distance * np.exp(0.5 * _noise(rng, film.shape, 0.7 * opacity.size))
    profile = np.exp(-distance / 2).astype(np.float32)
    if opacity.textured:
        profile *= np.clip(1 + 0.35 * _noise(rng, film.shape, 2.0), 0.2, 2)
    truth = cv2.GaussianBlur(profile, (0, 0), 1) > 0.5
    shadowed = np.clip(film + opacity.contrast * profile, 0, 255).astype(np.uint8)
    return shadowed, truth


def insert_consolidation(
    film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator, ragged: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Fill a large part of a lung: the lung brightens towards soft tissue, never beyond it.

    Parameters
    ----------
    film
        uint8, (rows, columns).
    mask
        The lungs: float32, (rows, columns), in [0, 1].
    box
        Around them.
    rng
        For the place, size, strength and texture.
    ragged
        Ragged at its edge, uneven inside and within the lung; or a smooth shadow that goes beyond.

    Returns
    -------
    film : uint8, (rows, columns)
    truth : bool, (rows, columns)
        The box around the largest part with more than 0.4 of the strength.
    """
    rows, columns = film.shape
    y, x = np.mgrid[:rows, :columns]
    center_x, center_y = _draw_place(mask, box, rng)
    width, height = rng.uniform(*WIDTHS) * columns, rng.uniform(*HEIGHTS) * rows
    strength = rng.uniform(*FILLED)
    away = np.hypot((x - center_x) / (width / 2), (y - center_y) / (height / 2))
    if ragged:
        away = away * np.exp(0.25 * _noise(rng, film.shape, (width + height) / 10))
        profile = 1 / (1 + np.exp(2 * (away - 1) / rng.uniform(0.15, 0.4)))
        profile *= np.clip(1 + 0.25 * _noise(rng, film.shape, rng.uniform(2, 6)), 0.3, 1.7)
        profile *= cv2.GaussianBlur((mask > 0.5).astype(np.float32), (0, 0), 2)
    else:
        profile = np.exp2(-(away**2))
    filled = _fill(film, box, strength * profile)
    strong = (cv2.GaussianBlur(profile, (0, 0), 2) > 0.4).astype(np.uint8)
    truth = np.zeros(film.shape, bool)
    _, _, parts, _ = cv2.connectedComponentsWithStats(strong)
    x, y, width, height, _ = max(parts[1:], key=lambda part: part[cv2.CC_STAT_AREA])
    truth[y : y + height, x : x + width] = True
    return filled, truth


def insert_haze(
    film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator, strength: float
) -> np.ndarray:
    """Veil both lungs with clouds and streaks, as an interstitial pneumonia may.

    Parameters
    ----------
    film, mask, box
        See `insert_consolidation`.
    rng
        For the texture.
    strength
        Of the way from the lungs' grey level to that of soft tissue.

    Returns
    -------
    uint8, (rows, columns)
    """
    side = max(film.shape)
    clouds, streaks = (_noise(rng, film.shape, grain * side) for grain in (0.03, 0.005))
    profile = np.clip(1 + 0.25 * clouds + 0.25 * streaks, 0, 2)
    profile *= cv2.GaussianBlur((mask > 0.5).astype(np.float32), (0, 0), 0.015 * side)
    return _fill(film, box, strength * profile)


def _fill(film: np.ndarray, box: Box, share: np.ndarray) -> np.ndarray:
    """Take a film a share of the way to the grey level of soft tissue, never beyond it."""
    rows, columns = film.shape
    top, left = max(0, int(box.top * rows)), max(0, int(box.left * columns))
    inside = film[top : int(box.bottom * rows), left : int(box.right * columns)]
    missing = np.maximum(np.percentile(inside, 90) - film.astype(float), 0)
    return np.clip(film + share * missing, 0, 255).astype(np.uint8)


def _draw_place(mask: np.ndarray, box: Box, rng: np.random.Generator) -> tuple[float, float]:
    """Choose x and y well inside a lung field and beside the heart."""
    inside = cv2.erode((mask > 0.5).astype(np.uint8), np.ones((9, 9), np.uint8))
    across = ((np.arange(mask.shape[1]) + 0.5) / mask.shape[1] - box.left) / box.width
    inside[:, (across > CENTRAL[0]) & (across < CENTRAL[1])] = 0
    rows, columns = np.nonzero(inside)
    at = rng.integers(len(rows))
    return float(columns[at]), float(rows[at])


def _noise(rng: np.random.Generator, shape: tuple[int, ...], grain: float) -> np.ndarray:
    """Smooth noise of mean 0 and standard deviation 1."""
    noise = cv2.GaussianBlur(rng.normal(size=shape).astype(np.float32), (0, 0), grain)
    return noise / noise.std()
