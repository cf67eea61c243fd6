"""Integrated gradients: what each pixel adds on the way from a baseline to the film."""

from collections.abc import Callable

import numpy as np

STEPS = 16


def integrated_gradients(
    view: np.ndarray,
    baseline: np.ndarray,
    gradient: Callable[[np.ndarray], np.ndarray],
    steps: int = STEPS,
) -> np.ndarray:
    """Share out the difference in score between a view and a baseline.

    Parameters
    ----------
    view, baseline : float32, the same shape
    gradient
        From a batch of views to the gradients of their scores.
    steps
        Midpoints of the straight way on which the gradient is averaged.

    Returns
    -------
    float32, of the view's shape
        Signed; sums to about the difference in score.

    References
    ----------
    Sundararajan et al., ICML 2017.
    """
    ways = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    between = baseline + ways.reshape(-1, *[1] * view.ndim) * (view - baseline)
    return (view - baseline) * gradient(between.astype(np.float32)).mean(0)
