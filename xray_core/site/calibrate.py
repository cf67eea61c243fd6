"""The zero of the score fitted to a site's films, and what that is worth on films it has not seen.

The network ranks; where pneumonia begins depends on how films are taken. Two numbers are fitted to
the model's own log-odds: an intercept, and with enough films a slope. Both are held back by a prior
that expects neither, so that few films move little.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from xray_core.errors import UsageError
from xray_core.evaluation import metrics
from xray_core.evaluation.calibration import choose_operating_points, uncertain_band
from xray_core.evaluation.evaluate import plain
from xray_core.evaluation.recalibration import calibration_intercept, calibration_slope
from xray_core.inference.decision import calibrate as to_probability
from xray_core.inference.model_card import LITERT_FILE, ModelCard
from xray_core.inference.site_calibration import INTERCEPT, INTERCEPT_AND_SLOPE, SCHEMA, THRESHOLD
from xray_core.site.answers import Answers

NORMALS, PNEUMONIAS = 50, 20
"""Fewest films that an intercept is fitted to."""
OF_EACH = 100
"""Fewest films of each class that a slope is fitted to."""
PRIOR_INTERCEPT, PRIOR_SLOPE = 2.0, 0.5
"""Standard deviations, in log-odds of the intercept and of the slope's logarithm: between hospitals
zeros lie a log-odds or two apart."""
FOLDS = 10
CLEARED = 0.95
"""Share of normal films that a threshold by quantile is to clear."""
LEAST_PATIENTS = 5
LONGEST_TITLE = 120
MEASURES = ("accuracy", "balanced_log_loss", "intercept", "slope")


def calibrate(card: ModelCard, answers: Answers, *, title: str, seed: int = 0) -> dict[str, Any]:
    """Fit a calibration for a site.

    Parameters
    ----------
    card
        The model's own, not one that a site has adjusted.
    title
        What the site is called: every answer will say so.
    seed
        Of the folds and the bootstrap.

    Returns
    -------
    dict
        What `xray_core.inference.site_calibration.site_from` takes, and ``intercept`` and ``slope``
        on the model's log-odds, ``films``, ``auc``, and ``before`` and ``after``: each of MEASURES
        on the site's films; after by cross-fitting, each film by what the films of other patients
        have fitted. ``gain``: balanced log loss before less after. No film and no name of one is
        in it.

    Raises
    ------
    UsageError
        Where there are too few films, and how many are missing.
    """
    if not title.strip() or len(title) > LONGEST_TITLE:
        raise UsageError(
            f"Expected a title of the site of 1 to {LONGEST_TITLE} letters, got {len(title)}: "
            "answers will say that they are calibrated for it."
        )
    truth, patients = answers.truth, answers.patients
    kind = choose_kind(int((~truth).sum()), int(truth.sum()))
    own = card.calibration
    odds = answers.score / own["temperature"] + own["bias"]
    site = {
        "schema": SCHEMA,
        "title": title.strip(),
        "kind": kind,
        "model": card.name,
        "network": card.raw.get("files", {}).get(LITERT_FILE, ""),
        "films": {
            "normal": int((~truth).sum()),
            "pneumonia": int(truth.sum()),
            "patients": int(metrics.patient_codes(patients).max()) + 1,
        },
    }
    if kind == THRESHOLD:
        return plain(site | _fit_threshold(card, odds))
    slope = kind == INTERCEPT_AND_SLOPE
    intercept, steepness = fit(odds, truth, slope=slope)
    after = cross_fit(odds, truth, patients, slope=slope, seed=seed)
    before = to_probability(odds, 1.0)
    points = choose_operating_points(
        after, truth, films="films of the site, each calibrated without its patient"
    )
    return plain(
        site
        | {
            "intercept": intercept,
            "slope": steepness,
            "calibration": {
                "temperature": own["temperature"] / steepness,
                "bias": steepness * own["bias"] + intercept,
                "prior": 0.5,
            },
            "operating_points": [
                {"name": point.name, "threshold": point.threshold, "meaning": point.meaning}
                for point in points
            ],
            "uncertain": uncertain_band(after, truth),
            "auc": metrics.with_interval(metrics.auc, truth, before, patients=patients, seed=seed),
            "before": measure(truth, before, patients, seed),
            "after": measure(truth, after, patients, seed),
            "gain": metrics.paired_difference(
                metrics.balanced_log_loss,
                (truth, before),
                (truth, after),
                patients=patients,
                seed=seed,
            ),
        }
    )


def choose_kind(normals: int, pneumonias: int) -> str:
    """What so many films can be fitted; one of the kinds of a SiteCalibration.

    Raises
    ------
    UsageError
        Nothing, and how many films are missing.
    """
    if min(normals, pneumonias) >= OF_EACH:
        return INTERCEPT_AND_SLOPE
    if normals >= NORMALS and pneumonias >= PNEUMONIAS:
        return INTERCEPT
    if normals >= NORMALS and not pneumonias:
        return THRESHOLD
    lacking = {"normal": NORMALS - normals, "with pneumonia": PNEUMONIAS - pneumonias}
    more = " and ".join(f"{k} {name}" for name, k in lacking.items() if k > 0)
    alone = f" (or {NORMALS} normal films alone, for a threshold without a probability)"
    raise UsageError(
        f"Expected at least {NORMALS} normal films and {PNEUMONIAS} with pneumonia to calibrate "
        f"on{alone}, got {normals} and {pneumonias}: bring {more} more."
    )


def fit(odds: np.ndarray, truth: np.ndarray, *, slope: bool) -> tuple[float, float]:
    """Find intercept and slope by maximum a posteriori, both classes counting alike.

    Parameters
    ----------
    odds : float, (films,)
        Log-odds that the model states.
    truth : bool, (films,)
        Of both classes.
    slope
        Whether to fit the slope, too; without it 1.

    Returns
    -------
    intercept, slope
        Of ``slope * odds + intercept``; the slope is positive.

    Notes
    -----
    Each class weighs half of the harmonic mean of the classes' sizes, as many films as say as much
    in equal parts. Priors: normal with mean 0 for the intercept and for the slope's logarithm.

    References
    ----------
    Van Calster et al., "A calibration hierarchy for risk models was defined", Journal of Clinical
    Epidemiology 2016; Steyerberg et al., "Validation and updating of predictive logistic regression
    models: a study on sample size and shrinkage", Statistics in Medicine 2004.
    """
    from scipy.optimize import minimize  # the app imports this module without a fit
    from scipy.special import expit

    positives, negatives = int(truth.sum()), int((~truth).sum())
    films = 4 / (1 / positives + 1 / negatives)
    weight = np.where(truth, films / 2 / positives, films / 2 / negatives)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        intercept, steepness = parameters[0], np.exp(parameters[1]) if slope else 1.0
        logit = steepness * odds + intercept
        error = weight * (expit(logit) - truth)
        value = weight @ (np.logaddexp(0.0, logit) - truth * logit)
        value += (intercept / PRIOR_INTERCEPT) ** 2 / 2 + (parameters[1] / PRIOR_SLOPE) ** 2 / 2
        bend = error @ odds * steepness * slope + parameters[1] / PRIOR_SLOPE**2
        return value, np.array([error.sum() + intercept / PRIOR_INTERCEPT**2, bend])

    found = minimize(loss, np.zeros(2), jac=True, method="BFGS").x
    return float(found[0]), float(np.exp(found[1])) if slope else 1.0


def cross_fit(
    odds: np.ndarray, truth: np.ndarray, patients: np.ndarray, *, slope: bool, seed: int = 0
) -> np.ndarray:
    """Probability of each film by what the films of other patients have fitted, float (films,).

    Raises
    ------
    UsageError
        Where a class has films of so few patients that they cannot be parted.
    """
    probability = np.full(len(odds), np.nan)
    for others, mine in _folds(truth, patients, seed):
        intercept, steepness = fit(odds[others], truth[others], slope=slope)
        probability[mine] = to_probability(steepness * odds[mine] + intercept, 1.0)
    return probability


def _folds(
    truth: np.ndarray, patients: np.ndarray, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    from sklearn.model_selection import StratifiedGroupKFold

    cluster = metrics.patient_codes(patients)
    fewest = min(len(set(cluster[truth])), len(set(cluster[~truth])))
    if fewest < LEAST_PATIENTS:
        raise UsageError(
            f"Expected films of at least {LEAST_PATIENTS} patients of each class, so that what is "
            f"fitted can be measured on other patients, but one class has {fewest}: bring films of "
            "more patients."
        )
    folds = StratifiedGroupKFold(min(FOLDS, fewest), shuffle=True, random_state=seed)
    yield from folds.split(cluster, truth, cluster)


def measure(
    truth: np.ndarray, probability: np.ndarray, patients: np.ndarray, seed: int
) -> dict[str, dict[str, Any]]:
    """Each of MEASURES, with its interval."""
    hits = (probability >= 0.5) == truth
    columns: dict[str, Any] = {
        "accuracy": (metrics.share, hits),
        "balanced_log_loss": (metrics.balanced_log_loss, truth, probability),
        "intercept": (calibration_intercept, truth, probability),
        "slope": (calibration_slope, truth, probability),
    }
    return {
        name: metrics.with_interval(*columns[name], patients=patients, seed=seed)
        for name in MEASURES
    }


def _fit_threshold(card: ModelCard, odds: np.ndarray) -> dict[str, Any]:
    """The lowest threshold that clears CLEARED of new normal films, by conformal prediction."""
    rank = int(np.ceil(round(CLEARED * (len(odds) + 1), 9)))
    highest = np.sort(to_probability(odds, 1.0))[rank - 1]
    return {
        "calibration": {**card.calibration, "prior": card.calibration.get("prior", 0.5)},
        "operating_points": [
            {
                "name": "quantile",
                "threshold": min(1.0, float(np.nextafter(highest, 2.0))),
                "meaning": f"Above {CLEARED:.0%} of normal films like the {len(odds):,} of the "
                "site; how many pneumonias it finds nobody knows.",
            }
        ],
        "uncertain": None,
    }
