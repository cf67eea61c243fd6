"""Occlusion: how much the score falls when a place is replaced by normal lung."""

import numpy as np

PLACES = 8  # a side


def occlusion(view, score, normal, places=PLACES):
    """Locate the evidence by taking places away one after the other.

    Parameters
    ----------
    view : float32, (side, side, 2), see `xray_core.lungs.lung_view`
    score : callable
        From a view to its log-odds of pneumonia.
    normal : float32, (side, side)
        What takes a place's stead, softly: the mean normal film.
    places : int
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
    whole = score(view)
    fall = np.zeros((places, places), np.float32)
    for row, column in np.ndindex(fall.shape):
        window = np.outer(windows[row], windows[column])
        if (window * view[..., 1]).sum() < 0.1 * window.sum():
            continue
        changed = view.copy()
        changed[..., 0] += window * (normal * view[..., 1] - view[..., 0])
        fall[row, column] = whole - score(changed)
    return np.maximum(fall, 0)
