"""G: does a copy of a film get the same answer? Bars and another shape are no disease."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from xray_core.evaluation.metrics import with_interval
from xray_core.evaluation.probes.films import Film, answers
from xray_core.evaluation.probes.measures import quantile

if TYPE_CHECKING:
    from xray_core.classifier import Classifier
    from xray_core.types import Radiograph

Change = Callable[[np.ndarray], np.ndarray]
SQUEEZE = 0.8  # of one side to the other


def letterbox(pixels: np.ndarray) -> np.ndarray:
    """Black bars above and below until the picture is as high as an upright phone's, 4:3."""
    rows, columns = pixels.shape
    bar = max(0, round((columns * 4 / 3 - rows) / 2))
    return np.pad(pixels, ((bar, bar), (0, 0)))


def pad(pixels: np.ndarray, share: float, sides: int) -> np.ndarray:
    """Black bars, each a share of the side: left and right, and with 4 sides above and below."""
    rows, columns = (round(share * side) for side in pixels.shape)
    upright = rows if sides == 4 else 0
    return np.pad(pixels, ((upright, upright), (columns, columns)))


def square(pixels: np.ndarray) -> np.ndarray:
    """Stretched to a square of its longer side; a square film is its own copy."""
    side = max(pixels.shape)
    return cv2.resize(pixels, (side, side), interpolation=cv2.INTER_LINEAR)


def stretch(pixels: np.ndarray, across: float, down: float) -> np.ndarray:
    """Resampled to other sides, longer ones, so that no detail is lost."""
    rows, columns = pixels.shape
    size = (round(across * columns), round(down * rows))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)


COPIES: dict[str, Change] = {
    "letterboxed": letterbox,
    "padded 10%, 2 sides": partial(pad, share=0.1, sides=2),
    "padded 10%, 4 sides": partial(pad, share=0.1, sides=4),
    "padded 25%, 2 sides": partial(pad, share=0.25, sides=2),
    "padded 25%, 4 sides": partial(pad, share=0.25, sides=4),
    "squared": square,
    "squeezed by 20% across": partial(stretch, across=1, down=1 / SQUEEZE),
    "squeezed by 20% down": partial(stretch, across=1 / SQUEEZE, down=1),
}


def probe_copies(classifier: Classifier, films: Sequence[Film]) -> dict[str, Any]:
    """How far a copy's log-odds lie from the film's.

    Returns
    -------
    dict
        For each of COPIES, and for 'all' of them, ``median`` and ``p95`` of the absolute change,
        and ``max``. A film that a change leaves as it was is not counted.
    """
    scored = answers(classifier, [film.open for film in films]).score
    patients = np.array([film.patient or film.name for film in films], dtype=object)
    moved = {name: _moved(classifier, films, scored, change) for name, change in COPIES.items()}
    every = np.concatenate(list(moved.values()))
    return {
        name: _spread(change, np.resize(patients, len(change)))
        for name, change in (moved | {"all": every}).items()
    }


def _moved(
    classifier: Classifier, films: Sequence[Film], scored: np.ndarray, change: Change
) -> np.ndarray:
    """Absolute change of each film's log-odds; nan where the copy is the film itself."""
    same = np.zeros(len(films), dtype=bool)

    def copy(number: int) -> Radiograph:
        radiograph = films[number].open()
        changed = radiograph.redrawn(change(radiograph.pixels))
        same[number] = changed.pixels.shape == radiograph.pixels.shape
        return changed

    copies = answers(classifier, [partial(copy, number) for number in range(len(films))]).score
    return np.where(same, np.nan, np.abs(copies - scored))


def _spread(change: np.ndarray, patients: np.ndarray) -> dict[str, Any]:
    change, patients = change[~np.isnan(change)], patients[~np.isnan(change)]
    return {
        **{
            name: with_interval(partial(_quantile, q=q), change, patients=patients)
            for name, q in (("median", 0.5), ("p95", 0.95))
        },
        "max": float(change.max()) if len(change) else None,
    }


def _quantile(value: np.ndarray, weight: np.ndarray | None = None, *, q: float) -> np.ndarray:
    return quantile(value, q, weight)
