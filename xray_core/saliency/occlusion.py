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
    windows = np.exp(-(((pixel - centers[:, None]) / (width / 2)) ** 2) / 2)
    taken, shown = [], []
    for row, column in np.ndindex(places, places):
        window = np.outer(windows[row], windows[column])
        if (window * view[..., 1]).sum() < 0.1 * window.sum():
            continue
        changed = view.copy()
        changed[..., 0] += window * (normal * view[..., 1] - view[..., 0])
        taken.append((row, column))
        shown.append(changed)
    fall = np.zeros((places, places), np.float32)
    if not shown:
        return fall
    for place, score in zip(taken, scores(np.stack(shown)), strict=True):
        fall[place] = whole - score
    return np.maximum(fall, 0)
