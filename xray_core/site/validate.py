"""How the model does on a site's labelled films, in TRIPOD+AI's terms: an external validation."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from xray_core.errors import UsageError
from xray_core.evaluation import metrics
from xray_core.evaluation.evaluate import measure, plain
from xray_core.evaluation.recalibration import calibration_intercept, calibration_slope
from xray_core.inference.decision import calibrate
from xray_core.inference.model_card import LITERT_FILE, ModelCard
from xray_core.reporting.text.site import describe_validation, tripod_items
from xray_core.site.answers import Answers
from xray_core.types import LABELS

SCHEMA = "radiolucent-validation-1"
LEAST = 10
"""Films of each class below which no figure says anything."""
LEAST_OF_GROUP = 5
MARGIN = 0.05  # half the width of the interval that is called settled
THRESHOLDS = tuple(round(0.01 * k, 2) for k in range(1, 61))
"""Threshold probabilities of the decision curve, at the visitor's prevalence."""


def validate(
    card: ModelCard,
    answers: Answers,
    *,
    title: str,
    by: str = "",
    prevalence: float | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Measure the answers for a site's films.

    Parameters
    ----------
    card
        Of the model, adjusted where a site's calibration is to be measured.
    title
        What the films are called.
    by
        What their groups mean.
    prevalence
        Share of pneumonia where the answers shall be used, in (0, 1); by default that among these
        films, which is seldom the same.
    seed
        Of the bootstrap.

    Returns
    -------
    dict
        Ready for `xray_core.evaluation.evaluate.save_report`: what
        `xray_core.evaluation.evaluate.measure` gives, and ``site``, ``scale``, the calibration in
        use, ``notes``, ``net_benefit``, ``groups``, ``refused_share``, ``drift``, ``needed``,
        ``films``, without patients, ``sentences`` and ``tripod_ai``.

    Raises
    ------
    UsageError
        Where there are too few films, or one class only, or the prevalence is none; or where the
        site's calibration gives no probability.
    """
    truth = answers.truth
    require_both(truth)
    if not card.gives_probability:
        raise UsageError(
            f"Expected a calibration that gives probabilities, but '{card.site}' holds a threshold "
            "alone: validate without --site, or calibrate with films of both classes."
        )
    scale = card.calibration
    probability = calibrate(answers.score, scale["temperature"], scale["bias"])
    refused = np.array([row["refused"] for row in answers.rows])
    patients = answers.patients
    measured = measure(card, answers.films, truth, probability, seed)
    at = card.default_operating_point.threshold
    report = {
        "schema": SCHEMA,
        "title": title,
        "model": card.name,
        "network": card.raw.get("files", {}).get(LITERT_FILE, ""),
        "site": card.site,
        "scale": {key: scale[key] for key in ("temperature", "bias")},
        "data": {
            "n": len(truth),
            "counts": {LABELS[0]: int((~truth).sum()), LABELS[1]: int(truth.sum())},
            "patients": int(metrics.patient_codes(patients).max()) + 1,
            "unreadable": len(answers.unreadable),
        },
        "notes": answers.notes,
        **measured,
        "by": by,
        "groups": _measure_groups(answers, probability, at, seed) if by else [],
        "refused_share": metrics.with_interval(
            metrics.share, refused, patients=patients, seed=seed
        ),
        "refusals": _count_reasons(answers),
        "drift": _measure_drift(answers),
        "needed": {name: films_needed(measured[name]) for name in ("sensitivity", "specificity")},
        "films": [
            {
                "file": film.name,
                "label": film.label,
                "group": film.group,
                "probability": said,
                "refused": row["refused"],
                "distance": row["distance"],
            }
            for film, row, said in zip(answers.films, answers.rows, probability, strict=True)
        ],
    }
    return at_prevalence(plain(report), prevalence)


def at_prevalence(report: dict[str, Any], prevalence: float | None) -> dict[str, Any]:
    """The report as it is at another prevalence; the films need not be measured again.

    Raises
    ------
    UsageError
        Where the prevalence is none.
    """
    if prevalence is not None and not 0 < prevalence < 1:
        raise UsageError(
            f"Expected a prevalence between 0 and 1, got {prevalence:g}: write 5% as 0.05."
        )
    truth = np.array([film["label"] == LABELS[1] for film in report["films"]])
    probability = np.array([film["probability"] for film in report["films"]])
    share = float(truth.mean()) if prevalence is None else prevalence
    report = report | {
        "net_benefit": plain(net_benefit(truth, probability, share)),
        "prevalence_given": prevalence is not None,
    }
    said = {"sentences": describe_validation(report), "tripod_ai": tripod_items(report)}
    return report | plain(said)


def require_both(truth: np.ndarray, least: int = LEAST) -> None:
    """Raise UsageError where a class has fewer films than make sense."""
    n = {"normal": int((~truth).sum()), "pneumonia": int(truth.sum())}
    lacking = {name: least - k for name, k in n.items() if k < least}
    if lacking:
        more = " and ".join(f"{k} {name}" for name, k in lacking.items())
        raise UsageError(
            f"Expected at least {least} normal films and {least} with pneumonia to measure "
            f"anything, got {n['normal']} and {n['pneumonia']}: bring {more} more."
        )


def net_benefit(truth: np.ndarray, probability: np.ndarray, prevalence: float) -> dict[str, Any]:
    """Decision curve: what calling films is worth at the visitor's prevalence.

    Parameters
    ----------
    truth : bool, (films,)
    probability : float, (films,)
        Calibrated for equal classes; it is moved to the prevalence by Bayes' rule.
    prevalence : float, in (0, 1)

    Returns
    -------
    dict
        ``prevalence``; for each of ``threshold``, the probability from which one would act:
        ``model``, ``all`` and ``none``, found films per film less false alarms, weighed by the odds
        of the threshold.

    References
    ----------
    Vickers & Elkin, "Decision curve analysis", Medical Decision Making 2006.
    """
    odds = prevalence / (1 - prevalence)
    at_prevalence = probability * odds / (probability * odds + 1 - probability)
    rows = []
    for threshold in THRESHOLDS:
        called = at_prevalence >= threshold
        weight = threshold / (1 - threshold)
        found, alarms = called[truth].mean(), called[~truth].mean()
        rows.append(
            (
                prevalence * found - (1 - prevalence) * alarms * weight,
                prevalence - (1 - prevalence) * weight,
            )
        )
    model, everyone = zip(*rows, strict=True)
    return {
        "prevalence": prevalence,
        "threshold": THRESHOLDS,
        "model": model,
        "all": everyone,
        "none": [0.0] * len(THRESHOLDS),
    }


def films_needed(result: Mapping[str, Any], margin: float = MARGIN) -> int:
    """Films of a class that would settle a share to within a margin, by the share found here.

    The normal approximation, with two hits and two misses added (Agresti & Coull 1998), so that a
    share of 1 among few films does not promise that a few more would do.
    """
    n = result["n"]
    share = (result["value"] * n + 2) / (n + 4)
    return math.ceil(1.96**2 * share * (1 - share) / margin**2)


def _measure_groups(
    answers: Answers, probability: np.ndarray, threshold: float, seed: int
) -> list[dict[str, Any]]:
    truth, patients = answers.truth, answers.patients
    group = np.array([film.group for film in answers.films], dtype=object)
    found = []
    for name in sorted(set(group)):
        mine = group == name

        def interval(measured: Any, *columns: np.ndarray, of: np.ndarray) -> dict[str, Any]:
            chosen = (column[of] for column in columns)
            return metrics.with_interval(measured, *chosen, patients=patients[of], seed=seed)

        part: dict[str, Any] = {
            "name": name,
            "n": int(mine.sum()),
            "positives": int(truth[mine].sum()),
        }
        if part["positives"] >= LEAST_OF_GROUP:
            hits = probability >= threshold
            part["sensitivity"] = interval(metrics.share, hits, of=mine & truth)
        if part["n"] - part["positives"] >= LEAST_OF_GROUP:
            clear = probability < threshold
            part["specificity"] = interval(metrics.share, clear, of=mine & ~truth)
        if {"sensitivity", "specificity"} <= part.keys():
            for title, kind in (
                ("auc", metrics.auc),
                ("intercept", calibration_intercept),
                ("slope", calibration_slope),
            ):
                part[title] = interval(kind, truth, probability, of=mine)
        found.append(part)
    return found


def _count_reasons(answers: Answers) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in answers.rows:
        for reason in row["reasons"][:1] if row["refused"] else ():
            counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def _measure_drift(answers: Answers) -> dict[str, Any]:
    """How the films differ from those that gate and network learned from."""
    distance = np.array([row["distance"] for row in answers.rows])
    bands = np.array([row["bands"] for row in answers.rows if row["bands"]])
    kinds: dict[str, int] = {}
    for row in answers.rows:
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    return {
        "distance": {f"p{k}": np.percentile(distance, k) for k in (25, 50, 75)},
        "beyond": float((distance > 1).mean()),
        "bands": np.median(bands, axis=0) if len(bands) else [],
        "kinds": kinds,
    }
