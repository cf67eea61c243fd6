"""Maps that do not ask the network, to set beside those that do."""

import zlib

import cv2
import numpy as np

from xray_core.saliency.faithfulness import on_view
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.support import density
from xray_core.types import Explanation, Look, Network

BASELINES = ("random", "centred_gaussian", "fixed_point", "lung_mask", "brightness")
# Knows the normal film but not the network: what the default map's finer half is worth alone.
CONTROLS = ("density",)
ASK_NO_NETWORK = (*BASELINES, *CONTROLS)


def draw_baseline(
    name: str,
    film: np.ndarray,
    look: Look,
    classifier: Network,
    fixed: np.ndarray,
    seed: str = "",
) -> np.ndarray:
    """Draw a map that does not ask the network.

    Parameters
    ----------
    name
        One of BASELINES or CONTROLS.
    film
        uint8, (rows, columns).
    look
    classifier
        For the mean normal film.
    fixed
        Where the truth lies in other films, float (rows, columns): the best fixed point.
    seed
        For what is drawn at random, such as the film's name.

    Returns
    -------
    float32, (rows, columns), >= 0
    """
    rows, columns = film.shape
    inside = cv2.resize(look.lungs.mask, (columns, rows)) > 0.5
    rng = np.random.default_rng(zlib.crc32(seed.encode()))
    if name == "random":
        return cv2.resize(on_view(rng.random((8, 8)), columns), (columns, rows))
    if name == "centred_gaussian":
        y, x = np.mgrid[:rows, :columns]
        away = ((x - columns / 2) / columns) ** 2 + ((y - rows / 2) / rows) ** 2
        return np.exp(-away / 2 / 0.18**2).astype(np.float32)
    if name == "fixed_point":
        return np.asarray(fixed, np.float32)
    if name == "lung_mask":  # a plateau: its maximum is drawn at random
        return (inside * (1 + 1e-4 * rng.random(inside.shape))).astype(np.float32)
    if name == "brightness":
        return (inside * film).astype(np.float32)
    if name == "density":
        explanation = Explanation(density(look, classifier), look.view.box, name)
        return saliency_on_film(explanation, rows, columns)
    raise ValueError(f"expected one of {BASELINES + CONTROLS}, got {name!r}")
