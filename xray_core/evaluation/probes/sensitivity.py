"""S: is haze still seen? What takes a crutch away must not take faint disease with it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from xray_core.evaluation.probes.films import Answers, Film, LungFinder, with_lungs
from xray_core.evaluation.probes.measures import proportion
from xray_core.inference.views import reduce_film
from xray_core.types import Radiograph

SUBTLE = 0.25  # share of the pneumonias


def probe_sensitivity(films: list[Film], given: Answers, find: LungFinder) -> dict[str, Any]:
    """Sensitivity on children's films: bacterial, viral, and subtle ones.

    Subtle are the quarter of the pneumonias whose lungs are least brighter than normal lungs are in
    the mean, see `lung_brightness`: a definition that no network has a part in but the one that
    finds the lungs. (Against the mean all films are ranked as by their brightness alone.)

    Returns
    -------
    dict
        ``bacteria``, ``virus``, ``subtle``, and ``brightness``: the mean of normal films and of
        the pneumonias, and the highest of a subtle one.
    """
    kinds = np.array([film.kind for film in films])
    called = {film: hit for film, hit in zip(films, given.called, strict=True)}
    measured = with_lungs(find, films, _brightness)
    normal = [value for film, value in measured if film.kind == "normal"]
    opaque = sorted(
        ((value, film) for film, value in measured if film.opaque), key=lambda pair: pair[0]
    )
    subtle = opaque[: round(SUBTLE * len(opaque))]
    return {
        **{kind: proportion(given.called[kinds == kind]) for kind in ("bacteria", "virus")},
        "subtle": proportion(np.array([called[film] for _, film in subtle], dtype=bool)),
        "brightness": {
            "normal": float(np.mean(normal)) if normal else None,
            "pneumonia": float(np.mean([value for value, _ in opaque])) if opaque else None,
            "subtle": subtle[-1][0] if subtle else None,
        },
    }


def lung_brightness(film: np.ndarray, mask: np.ndarray) -> float:
    """How bright the lungs are within their box, in standard deviations from its mean.

    A lung that is drawn too small, because it is consolidated, is completed by its mirror image.

    Parameters
    ----------
    film : uint8, (rows, columns)
    mask : float32, in [0, 1]
        In any resolution.
    """
    inside = cv2.resize(mask, film.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0.5
    x, y, width, height = cv2.boundingRect(inside.astype(np.uint8))
    grey = film[y : y + height, x : x + width].astype(float)
    part = inside[y : y + height, x : x + width]
    lungs = part | part[:, ::-1]
    return float((grey[lungs].mean() - grey.mean()) / max(grey.std(), 1.0))


def _brightness(film: Film, radiograph: Radiograph, mask: np.ndarray) -> float:
    return lung_brightness(reduce_film(radiograph.pixels), mask)
