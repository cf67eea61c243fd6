"""Which levels of a deep film are shown: in a window that its file names, or in its own."""

import cv2
import numpy as np

WINDOW_TAILS = 0.001
"""Share of a deep film's pixels left below and above the window."""


def own_window(
    codes: np.ndarray, values: np.ndarray, is_picture: np.ndarray | bool = True
) -> tuple[float, float]:
    """Lowest and highest value shown: all but the darkest and the brightest WINDOW_TAILS.

    Parameters
    ----------
    codes : uint16, (rows, columns)
        As stored.
    values : number, (codes,)
        What each code means.
    is_picture : bool, (codes,)
        Whether a code counts; padding does not.

    Returns
    -------
    low, high
        Low is less than high; a nearly uniform film keeps the whole range of values.
    """
    found = cv2.calcHist([codes], [0], None, [values.size], [0, values.size]).ravel()
    counts = found.astype(float) * is_picture
    order = np.argsort(values, kind="stable")
    share = np.cumsum(counts[order]) / max(counts.sum(), 1)
    ends = np.minimum(np.searchsorted(share, (WINDOW_TAILS, 1 - WINDOW_TAILS)), order.size - 1)
    low, high = values[order][ends]
    if low == high:  # the quality gate's business, but it must not divide by zero
        low, high = values.min(), max(values.max(), values.min() + 1)
    return float(low), float(high)


def apply_window(
    values: np.ndarray, center: float, width: float, function: str = "LINEAR"
) -> np.ndarray:
    """Apply a window as PS3.3 C.11.2.1.2 and C.11.2.1.3 define it; float in [0, 1].

    Parameters
    ----------
    values : float, any shape
    center, width
        Width greater than 0; under 'LINEAR' at least 1.
    function
        'LINEAR', 'LINEAR_EXACT' or 'SIGMOID'.
    """
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -500, 500)))
    if function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1)
    return np.clip((values - (center - 0.5)) / max(width - 1, 1e-6) + 0.5, 0, 1)
