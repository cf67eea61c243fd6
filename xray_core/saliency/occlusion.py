"""Occlusion: how much the score falls when a place is replaced by normal lung."""

from collections.abc import Callable

import numpy as np

PLACES = 8  # a side


def occlusion(
    view: np.ndarray,
    whole: float,
    scores: Callable[[np.ndarray], np.ndarray],
    normal: np.ndarray,
    places: int = PLACES,
) -> np.ndarray:
    """Locate the evidence by taking places away one after the other.

    Parameters
    ----------
    view : float32, (side, side, 2), see `View`
    whole
        Its log-odds.
    scores
        From views, (views, side, side, 2), to their log-odds, (views,).
    normal : float32, (side, side)
        What takes a place's stead, softly: the mean normal film.
    places
        Places a side; those that hold no lung are left out.

    Returns
    -------
    float32, (places, places), >= 0
        Fall of the log-odds; all zero where no replacement lowers the score.

    References
    ----------
    Zeiler and Fergus, ECCV 2014; Lenis et al., MICCAI 2020 (healthy tissue as the replacement).
    """
    side = len(view)
    width = side / places
    pixel = np.arange(side) + 0.5
    centers = (np.arange(places) + 0.5) * width
    across = np.exp(-(((pixel - centers[:, None]) / (width / 2)) ** 2) / 2)
    fall = np.zeros((places, places), np.float32)
    for row, down in enumerate(across):  # all rows at once are 25 MB for each of many visitors
        windows = down[:, None] * across[:, None]
        lung = (windows * view[..., 1]).sum(axis=(1, 2))
        taken = lung >= 0.1 * windows.sum(axis=(1, 2))
        if taken.any():
            shown = np.repeat(view[None], taken.sum(), axis=0)
            shown[..., 0] += windows[taken] * (normal * view[..., 1] - view[..., 0])
            fall[row, taken] = whole - scores(shown)
    return np.maximum(fall, 0)
