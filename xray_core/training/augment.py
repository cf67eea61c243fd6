"""Random changes to a film that leave its diagnosis alone, for training only.

Every function takes a ``numpy.random.Generator``, so that a seed repeats a training exactly.
"""

from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from xray_core.inference.views import RIM, view_film
from xray_core.types import Lungs, View

# What a classifier's training draws from, see `random_warp` and `view_film`.
POSITION: dict[str, Any] = {"rotation": 10, "scale": (0.85, 1.18), "shift": 0.04, "flip": True}
RIMS = (0.0, 0.06)


def random_warp(
    rng: Generator,
    *,
    rotation: float,
    scale: tuple[float, float],
    shift: float,
    flip: bool = False,
) -> np.ndarray:
    """A random affine map of the unit square about its centre.

    Parameters
    ----------
    rotation : degrees
    scale
        Lowest and highest; drawn for each axis on its own, so that the aspect ratio varies too.
    shift
        As a share of the side.

    Returns
    -------
    float64, (2, 3)
        From target to source coordinates, both 0 to 1.
    """
    angle = np.deg2rad(rng.uniform(-rotation, rotation))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    low, high = np.log(scale)
    size = np.exp(rng.uniform(low, high, 2))
    if flip and rng.random() < 0.5:
        size[0] = -size[0]
    linear = turn @ np.diag(1 / size)
    offset = 0.5 - linear @ [0.5, 0.5] + rng.uniform(-shift, shift, 2)
    return np.column_stack([linear, offset])


def random_tone(film: np.ndarray, rng: Generator, strength: float = 1.0) -> np.ndarray:
    """Change gamma, contrast, brightness and the shape of a film's tone curve; uint8.

    A strength of 0 leaves the film as it is; 1 is about what differs between X-ray devices.
    """
    levels = np.linspace(0, 1, 256)
    curve = levels ** np.exp(rng.normal(0, 0.3 * strength))
    knots = np.cumsum(np.exp(rng.normal(0, 0.4 * strength, 6)))
    knots = np.concatenate([[0], knots / knots[-1]])
    curve = np.interp(curve, np.linspace(0, 1, 7), knots)
    contrast = np.exp(rng.normal(0, 0.2 * strength))
    curve = 0.5 + (curve - 0.5) * contrast + rng.normal(0, 0.08 * strength)
    return cv2.LUT(film, np.clip(255 * curve, 0, 255).astype(np.uint8))


def random_wear(film: np.ndarray, rng: Generator) -> np.ndarray:
    """Blur, sharpen, compress or roughen a film, uint8, as scanners and file formats do.

    The published training normals were saved at a higher JPEG quality than all other films; this
    is what keeps a network from reading the label off the compression.
    """
    if rng.random() < 0.4:
        soft = cv2.GaussianBlur(film, (0, 0), rng.uniform(0.4, 1.5))
        film = soft if rng.random() < 0.6 else cv2.addWeighted(film, 1.7, soft, -0.7, 0)
    if rng.random() < 0.5:
        quality = int(rng.uniform(25, 95))
        _, code = cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, quality])
        film = np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE))
    if rng.random() < 0.3:
        noise = rng.normal(0, rng.uniform(1, 8), film.shape)
        film = np.clip(film + noise, 0, 255).astype(np.uint8)
    return film


CHANGES = {
    "As it is": "What the network is asked about outside of training.",
    "Position": "Turned, stretched, shifted, mirrored: no child lies the same way twice.",
    "Tone": "Another device's brightness and contrast.",
    "Wear": "Blurred, sharpened, compressed or grainy, as scanners and files leave it.",
    "All together": "What training shows, anew for every film in every epoch.",
}


def show_changes(
    film: np.ndarray, lungs: Lungs | None, size: int, seed: int, tone: float = 1.0
) -> dict[str, tuple[np.ndarray, View]]:
    """Make every kind of random change by itself, and all of them together.

    Parameters
    ----------
    film : uint8, (224, 224), see `xray_core.inference.views.reduce_film`
    lungs
        Where the network sees the lungs only.
    size
        Side of the network's view.
    tone
        Strength of the change of tone, as the training's settings have it.

    Returns
    -------
    dict of (film, view)
        By the titles of CHANGES: the changed film, uint8 (224, 224), and what the network receives
        of it.
    """
    rng = np.random.default_rng(seed)
    warp, rim = random_warp(rng, **POSITION), rng.uniform(*RIMS)
    toned, worn = random_tone(film, rng, tone), random_wear(film, rng)
    both = random_wear(toned, rng)
    changes = ((film, None), (film, warp), (toned, None), (worn, None), (both, warp))
    field = "film" if lungs is None else "lungs"
    return {
        title: (
            _move(changed, warp),
            view_film(changed, lungs, field, size, warp, RIM if warp is None else rim),
        )
        for title, (changed, warp) in zip(CHANGES, changes, strict=True)
    }


def _move(film: np.ndarray, warp: np.ndarray | None) -> np.ndarray:
    moved = view_film(film, None, "film", len(film), warp).grey
    return np.clip(np.rint(128 * moved + 127), 0, 255).astype(np.uint8)
