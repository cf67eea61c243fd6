"""Which levels of a deep film are shown: in a window that its file names, or in its own."""

import cv2
import numpy as np

WINDOW_TAILS = 0.001
"""Share of a deep film's pixels left below and above the window."""


def count_codes(codes: np.ndarray, size: int) -> np.ndarray:
    """How often each of so many codes occurs, float (size,); codes uint8 or uint16."""
    return cv2.calcHist([codes], [0], None, [size], [0, size]).ravel().astype(float)


def own_window(counts: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Lowest and highest value shown: all but the darkest and the brightest WINDOW_TAILS.

    Parameters
    ----------
    counts : number, (codes,)
        How many pixels have each code; 0 for those that do not count, such as padding.
    values : number, (codes,)
        What each code means.

    Returns
    -------
    low, high
        Low is less than high; a nearly uniform film keeps the whole range of values.
    """
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
        Width greater than 0.
    function
        'LINEAR_EXACT', 'SIGMOID', or else 'LINEAR'. That is defined for widths over 1 only; whoever
        writes another has values between 0 and 1 and means 'LINEAR_EXACT'.
    """
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -500, 500)))
    if function == "LINEAR_EXACT" or width <= 1:
        return np.clip((values - center) / width + 0.5, 0, 1)
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)
