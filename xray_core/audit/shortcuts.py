"""How well the style of a film tells its label: what a network could use instead of disease.

Every row of the probe sees a few numbers that no reader would call pneumonia. The higher its AUC,
the less a good result on films of the same kind says about a model. Tone inside the lungs and their
outline are partly disease (opaque lung is brighter, and drawn smaller), so those two are upper
bounds of what style alone can do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer

from xray_core.datasets.catalogue import Sample
from xray_core.evaluation.metrics import auc, with_interval
from xray_core.inference.views import FILM_SIZE, reduce_film
from xray_core.parallel import map_in_order
from xray_core.types import Lungs

FOLDS = 5
RAMPS = 8
QUANTILES = np.linspace(0.02, 0.98, 9)
CORNER = 20  # pixels of a reduced film

STYLES = {
    "size": "Width, height and aspect ratio of the published film",
    "surroundings": "Tones, sharpness and corners outside the lungs",
    "tone": "Tones and sharpness inside the lungs",
    "standard tone": "Tones inside the lungs, standardised",
    "outline": "Extent and area of the lungs",
}


def describe_style(film: np.ndarray, lungs: Lungs) -> dict[str, list[float]]:
    """Describe everything about a film but what is in the lungs.

    Parameters
    ----------
    film : uint8, (224, 224), see `xray_core.inference.views.reduce_film`
    lungs
        With a box.

    Returns
    -------
    dict
        Those of STYLES that can be seen on the film, all but size.
    """
    assert lungs.box is not None
    mask = cv2.resize(lungs.mask, (FILM_SIZE, FILM_SIZE)) > 0.5
    outside = ~(cv2.dilate(mask.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0)
    tones = film.astype(np.float32)
    soft, softer = (cv2.GaussianBlur(tones, (0, 0), sigma) for sigma in (1.0, 3.0))
    corners = [
        film[rows, columns]
        for rows in (slice(CORNER), slice(-CORNER, None))
        for columns in (slice(CORNER), slice(-CORNER, None))
    ]

    def describe(where: np.ndarray) -> list[float]:
        if not where.any():
            return [0.0] * (len(QUANTILES) + 2)
        levels = np.quantile(tones[where], QUANTILES)
        return [*levels, (tones - soft)[where].std(), (soft - softer)[where].std()]

    inside = tones[mask]
    standard = (inside - inside.mean()) / max(inside.std(), 1.0)
    return {
        "surroundings": [
            *describe(outside),
            (film == 0).mean(),
            (film >= 250).mean(),
            *(number for corner in corners for number in (corner.mean(), corner.std())),
        ],
        "tone": describe(mask),
        "standard tone": [*np.quantile(standard, QUANTILES)],
        "outline": [mask.mean(), lungs.box.width, lungs.box.height],
    }


def cross_fit(
    features: np.ndarray, truth: np.ndarray, patients: Sequence[str], seed: int = 0
) -> np.ndarray:
    """Predict each film's label from the other patients' films.

    An additive logistic regression: each feature enters through ramps between its quantiles.

    Parameters
    ----------
    features : float, (films, features)
    truth : bool, (films,)
    patients

    Returns
    -------
    float, (films,), log-odds
    """
    additive = make_pipeline(
        QuantileTransformer(n_quantiles=RAMPS + 1, subsample=None),
        FunctionTransformer(_ramps),
        LogisticRegression(solver="newton-cg"),
    )
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return cross_val_predict(
        additive, features, truth, groups=patients, cv=folds, method="decision_function"
    )


def _ramps(quantiles: np.ndarray) -> np.ndarray:
    """How far each feature has come through each eighth of the films, in [0, 1]."""
    ramps = np.clip(RAMPS * quantiles[..., None] - np.arange(RAMPS), 0, 1)
    return ramps.reshape(len(quantiles), -1)


def probe(
    samples: Sequence[Sample],
    find: Callable[[np.ndarray], Lungs],
    sizes: Mapping[str, tuple[int, int]] | None = None,
    progress: Callable[[Iterable[Sample]], Iterable[Sample]] = iter,
) -> dict[str, Any]:
    """Measure how well style alone tells pneumonia from normal.

    Parameters
    ----------
    samples
    find
        See `xray_core.inference.segmentation.load_segmenter`.
    sizes
        Width and height of the published films by name; the films' own where absent.

    Returns
    -------
    dict
        ``n``, and ``styles``: for each of STYLES the AUC as ``{"value", "n", "interval"}``.
    """

    def describe(sample: Sample) -> dict[str, list[float]] | None:
        pixels = sample.open().pixels
        film = reduce_film(pixels)
        lungs = find(film)
        if lungs.box is None:
            return None
        width, height = (sizes or {}).get(sample.name, pixels.shape[::-1])
        return {"size": [width, height, width / height], **describe_style(film, lungs)}

    rows = list(map_in_order(describe, progress(samples)))
    seen = [(sample, row) for sample, row in zip(samples, rows, strict=True) if row]
    truth = np.array([sample.label.upper() != "NORMAL" for sample, _ in seen])
    patients = [sample.patient or sample.name for sample, _ in seen]
    styles = {}
    for name in STYLES:
        features = np.array([row[name] for _, row in seen], dtype=float)
        score = cross_fit(features, truth, patients)
        styles[name] = with_interval(auc, truth, score, patients=patients)
    return {"n": len(seen), "styles": styles}
