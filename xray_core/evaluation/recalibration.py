"""What would have to be done to the probabilities to make them right: two numbers.

Both classes count alike, so the mix of the films does not matter, as for a probability that was
calibrated for equal classes. Both measures are of the kind that `xray_core.evaluation.metrics`
holds, and its `with_interval` takes them.
"""

import numpy as np

from xray_core.evaluation.metrics import LOG_LOSS_CLIP, Weight

NEWTON_STEPS = 60


def calibration_intercept(
    truth: np.ndarray, probability: np.ndarray, weight: Weight = None
) -> np.ndarray:
    """How much the log-odds have to be moved to be right on average, both classes counting alike.

    0 is best; below 0 the probabilities are too high. nan unless both classes are there.

    References
    ----------
    Van Calster et al., "Calibration: the Achilles heel of predictive analytics", BMC Medicine 2019.
    """
    return _recalibrate(truth, probability, weight, fixed=True)[0]


def calibration_slope(
    truth: np.ndarray, probability: np.ndarray, weight: Weight = None
) -> np.ndarray:
    """By what the log-odds have to be multiplied, beside being moved; classes count alike.

    1 is best; below 1 the probabilities are too extreme. nan where the classes do not overlap, for
    then no slope is steep enough.
    """
    return _recalibrate(truth, probability, weight, fixed=False)[1]


def _recalibrate(
    truth: np.ndarray, probability: np.ndarray, weight: Weight, *, fixed: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Intercept and slope of the truth's logistic regression on the stated log-odds.

    For each row of ``weight``, by Newton's method, both classes weighing one half; the slope is 1
    where ``fixed``. nan where there is none.
    """
    clipped = np.clip(np.asarray(probability, float), LOG_LOSS_CLIP, 1 - LOG_LOSS_CLIP)
    odds, truth = np.log(clipped / (1 - clipped)), np.asarray(truth, bool)
    weight = np.asarray(np.ones(len(truth)) if weight is None else weight, float)
    rows = np.atleast_2d(weight)
    defined = np.array([_has_fit(odds[mine], truth[mine], fixed) for mine in rows > 0])
    half = rows[defined]
    for mine in (truth, ~truth):
        half[:, mine] /= 2 * half[:, mine].sum(axis=1, keepdims=True)
    intercept, slope = np.zeros(len(half)), np.ones(len(half))
    for _ in range(NEWTON_STEPS if len(half) else 0):
        said = 1 / (1 + np.exp(-np.clip(intercept[:, None] + slope[:, None] * odds, -500, 500)))
        error, bend = half * (truth - said), half * said * (1 - said) + 1e-12 * half
        first, flat = error.sum(axis=1), bend.sum(axis=1)
        if fixed:
            steps = np.stack([first / flat, np.zeros(len(half))])
        else:
            second, mixed, steep = error @ odds, bend @ odds, bend @ odds**2
            determinant = flat * steep - mixed**2
            steps = np.stack(
                [steep * first - mixed * second, flat * second - mixed * first]
            ) / np.maximum(determinant, 1e-300)
        # From afar Newton's method steps too far
        steps *= np.minimum(1, 1 / np.maximum(np.abs(steps).max(axis=0), 1e-12))
        intercept, slope = intercept + steps[0], slope + steps[1]
        if np.abs(steps).max() < 1e-9:
            break
    result = np.full((2, len(rows)), np.nan)
    result[:, defined] = intercept, slope
    return (result[0], result[1]) if weight.ndim > 1 else (result[0, 0], result[1, 0])


def _has_fit(odds: np.ndarray, truth: np.ndarray, fixed: bool) -> bool:
    if truth.all() or not truth.any():
        return False
    ill, well = odds[truth], odds[~truth]
    return fixed or bool(ill.min() < well.max() and well.min() < ill.max())
