"""Which levels of a deep film are shown where its file does not say."""

import numpy as np

WINDOW_TAILS = 0.001
"""Share of a deep film's pixels left below and above the window."""


def own_window(codes, values, is_picture=True):
    """Lowest and highest value shown: all but the darkest and the brightest WINDOW_TAILS.

    Parameters
    ----------
    codes : unsigned integers, (rows, columns)
        As stored.
    values : number, (codes,)
        What each code means.
    is_picture : bool, (codes,)
        Whether a code counts; padding does not.

    Returns
    -------
    low, high : float
        Low is less than high; a nearly uniform film keeps the whole range of values.
    """
    # in parts, since each is turned into integers of eight bytes to be counted
    parts = np.array_split(codes.ravel(), max(1, codes.size >> 20))
    counts = sum(np.bincount(part, minlength=values.size) for part in parts) * is_picture
    order = np.argsort(values, kind="stable")
    share = np.cumsum(counts[order]) / max(counts.sum(), 1)
    ends = np.minimum(np.searchsorted(share, (WINDOW_TAILS, 1 - WINDOW_TAILS)), order.size - 1)
    low, high = values[order][ends]
    if low == high:  # the quality gate's business, but it must not divide by zero
        low, high = values.min(), max(values.max(), values.min() + 1)
    return float(low), float(high)
