"""From a score to a probability that means what it says, and to decisions.

All of it is fitted on validation films, never on the test. The functions are pure; ``truth`` is
bool (films,), True for pneumonia.
"""

import math

import numpy as np

from xray_core.errors import DataError
from xray_core.evaluation.metrics import share, wilson
from xray_core.types import OperatingPoint

MAX_TEMPERATURE = 100.0


def fit_temperature(
    scores: np.ndarray,
    truth: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    prior: float = 0.5,
    shift: bool = False,
) -> tuple[float, float]:
    """Fit the numbers of ``calibrate`` by maximum likelihood.

    Parameters
    ----------
    scores : float, (films,)
        Log-odds before calibration.
    weights : float, (films,)
        How much each film counts within its class.
    prior
        Share of positive films that the probability shall be right for. The classes are weighted
        to it, so the mix of the validation films does not matter; one half by default.
    shift
        Whether to fit the bias, too, as Platt does. Without it the bias is 0: where another
        hospital's scores are shifted in a way that validation films do not show, a bias fitted on
        them moves the operating point to a place that holds only there.

    Returns
    -------
    temperature, bias
        ``temperature`` is positive and at most 100: scores that say nothing, or the opposite,
        become probabilities near the prior.

    Raises
    ------
    DataError
        Where the films are not of both classes.

    Notes
    -----
    The targets are Platt's, a little inside 0 and 1, so that scores which separate the validation
    films completely do not make the temperature zero.

    References
    ----------
    Platt, "Probabilistic outputs for support vector machines", 1999; Guo et al., "On calibration of
    modern neural networks", ICML 2017.
    """
    from scipy.optimize import minimize  # the app imports this module without a fit
    from scipy.special import expit

    scores, truth = np.asarray(scores, dtype=float), np.asarray(truth, dtype=bool)
    weights = np.ones(len(scores)) if weights is None else np.asarray(weights, dtype=float)
    positives, negatives = weights @ truth, weights @ ~truth
    _require_both_classes(truth, positives > 0 and negatives > 0)
    target = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights = weights * np.where(truth, prior / positives, (1 - prior) / negatives)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logit = parameters @ inputs
        error = weights * (expit(logit) - target)
        return weights @ (np.logaddexp(0.0, logit) - target * logit), inputs @ error

    inputs = np.stack([scores, np.ones_like(scores)])
    bounds = [(1 / MAX_TEMPERATURE, None), (None, None) if shift else (0, 0)]
    exact = {"ftol": 0, "gtol": 1e-10}
    fitted = minimize(
        loss, [1 / MAX_TEMPERATURE, 0], jac=True, method="L-BFGS-B", bounds=bounds, options=exact
    )
    return float(1 / fitted.x[0]), float(fitted.x[1])


def choose_operating_points(
    probability: np.ndarray,
    truth: np.ndarray,
    *,
    copies: int = 1,
    films: str = "validation films",
) -> tuple[OperatingPoint, OperatingPoint, OperatingPoint]:
    """Name the thresholds that a reader can choose from, and say what each reached.

    Parameters
    ----------
    probability : float, (films,)
        Calibrated, of the validation films.
    copies
        How often each film is among them, altered: so many say no more than one.
    films
        What to call them.

    Returns
    -------
    three OperatingPoints
        *balanced* is one half by reasoning: the probability is calibrated for equal classes, and a
        peak found on validation would not carry over to other hospitals. *screening* is the
        highest threshold that still finds 99% of the positive films, *confirming* the lowest that
        clears 99% of the negative ones; neither crosses *balanced*, so the three stay in order
        even where validation is easy. ``meaning`` promises nothing: it tells sensitivity and
        specificity on these films, with Wilson's intervals.

    Raises
    ------
    DataError
        Where the films are not of both classes.
    """
    probability, truth = np.asarray(probability, dtype=float), np.asarray(truth, dtype=bool)
    _require_both_classes(truth)
    positives, negatives = np.sort(probability[truth])[::-1], np.sort(probability[~truth])[::-1]
    screening = positives[_at_least(0.99, len(positives)) - 1]
    highest_cleared = negatives[len(negatives) - _at_least(0.99, len(negatives))]
    confirming = min(np.nextafter(highest_cleared, 2.0), 1.0)

    def point(name: str, threshold: float, purpose: str) -> OperatingPoint:
        reached = describe_reached(probability, truth, threshold, copies, films)
        return OperatingPoint(name, threshold, f"{purpose} {reached}")

    return (
        point("balanced", 0.5, "Pneumonia where it is the more probable answer."),
        point("screening", float(min(screening, 0.5)), "To miss few."),
        point("confirming", float(max(confirming, 0.5)), "To alarm rarely."),
    )


def describe_reached(
    probability: np.ndarray,
    truth: np.ndarray,
    threshold: float,
    copies: int = 1,
    films: str = "validation films",
) -> str:
    """Say what a threshold reached on validation films.

    'On 774 validation films: sensitivity 96.1% (94.0 to 97.4), specificity 97.1% (93.9 to 98.7).'
    """
    reached = []
    for name, hits in (
        ("sensitivity", probability[truth] >= threshold),
        ("specificity", probability[~truth] < threshold),
    ):
        low, high = wilson(hits.sum() / copies, len(hits) / copies)
        reached.append(f"{name} {hits.mean():.1%} ({100 * low:.1f} to {100 * high:.1f})")
    shown = f", each altered in {copies} ways" if copies > 1 else ""
    return f"On {len(truth) // copies:,} {films}{shown}: {', '.join(reached)}."


def uncertain_band(
    probability: np.ndarray, truth: np.ndarray, *, level: float = 0.95, threshold: float = 0.5
) -> tuple[float, float]:
    """Find the probabilities at which a single answer would not be reliable enough.

    Split-conformal and class-conditional (Mondrian): of new films like the validation films, at
    most ``1 - level`` of the normals lie above the band and at most ``1 - level`` of the
    pneumonias below it. Inside, the conformal set holds both classes, or, where the classes hardly
    overlap, neither; both are called uncertain. The band always takes in ``threshold``, so that
    outside it the label and the conformal answer agree.

    Parameters
    ----------
    probability : float, (films,)
        Calibrated, of validation films that the network was not fitted on.
    threshold
        Of the default operating point.

    Returns
    -------
    low, high
        Uncertain where ``low <= probability <= high``. Too few films for ``level`` widen the band
        to 0 or 1.

    Raises
    ------
    DataError
        Where the films are not of both classes.

    References
    ----------
    Vovk, Gammerman & Shafer, "Algorithmic learning in a random world", 2005; Angelopoulos & Bates,
    "A gentle introduction to conformal prediction", 2021.
    """
    probability, truth = np.asarray(probability, dtype=float), np.asarray(truth, dtype=bool)
    _require_both_classes(truth)
    ends = (
        max(0.0, -_conformal_quantile(-probability[truth], level)),
        min(1.0, _conformal_quantile(probability[~truth], level)),
        threshold,
    )
    return float(min(ends)), float(max(ends))


def band_coverage(
    probability: np.ndarray, truth: np.ndarray, band: tuple[float, float]
) -> dict[str, float]:
    """Measure what ``uncertain_band`` promises.

    Returns
    -------
    dict
        ``uncertain``, share of the films in the band; ``positive`` and ``negative``, share of the
        films of that class in the band or on their own side of it, to be compared with the level.
        nan where there is no such film.
    """
    low, high = band
    return {
        "uncertain": float(share((low <= probability) & (probability <= high))),
        "positive": float(share(probability[truth] >= low)),
        "negative": float(share(probability[~truth] <= high)),
    }


def risk_coverage(
    probability: np.ndarray, truth: np.ndarray, threshold: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """How often the answers are wrong when only the surest films are answered.

    A film is the surer, the farther its probability lies from ``threshold`` on the way to 0 or 1.

    Returns
    -------
    answered : float, (levels,)
        Share of the films that are answered, rising to 1; films equally sure stay together.
    wrong : float, (levels,)
        Share of the answered ones whose label at ``threshold`` is wrong.

    References
    ----------
    El-Yaniv & Wiener, "On the foundations of noise-free selective classification", JMLR 2010.
    """
    probability, truth = np.asarray(probability, dtype=float), np.asarray(truth, dtype=bool)
    called = probability >= threshold
    room = np.where(called, 1 - threshold, threshold)
    sureness = np.abs(probability - threshold) / np.maximum(room, np.finfo(float).tiny)
    order = np.argsort(-sureness, kind="stable")
    answered = np.arange(1, len(order) + 1)
    wrong = np.cumsum(called[order] != truth[order])
    last = np.append(np.diff(sureness[order]) != 0, True)[: len(order)]
    return answered[last] / len(order), wrong[last] / answered[last]


def _conformal_quantile(nonconformity: np.ndarray, level: float) -> float:
    rank = _at_least(level, len(nonconformity) + 1)
    return np.sort(nonconformity)[rank - 1] if rank <= len(nonconformity) else math.inf


def _at_least(level: float, count: int) -> int:
    """The smallest whole number that is a share ``level`` of ``count``, rounding errors aside."""
    return math.ceil(round(level * count, 9))


def _require_both_classes(truth: np.ndarray, weighty: bool = True) -> None:
    if not (weighty and truth.any() and not truth.all()):
        raise DataError(
            f"Calibration needs validation films of both classes, but {int(truth.sum())} of "
            f"{len(truth)} are positive; add films of the missing class to the validation split."
        )
