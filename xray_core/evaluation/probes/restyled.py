"""V3: do normal films stay normal in the odd device's style?

The device's sharpness and tone are put onto films of others. Its train films show pneumonia nearly
without exception, so what sets its pneumonias apart from other pneumonias of the same kind is taken
for its style, not what sets them apart from normal films.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from xray_core.datasets.kermany import odd_device
from xray_core.evaluation.films import spread
from xray_core.evaluation.metrics import with_interval
from xray_core.evaluation.probes.films import Answers, Film, LungFinder, answers, with_lungs
from xray_core.evaluation.probes.measures import mean, proportion
from xray_core.inference.bands import energies, split_bands
from xray_core.inference.views import reduce_film
from xray_core.types import Radiograph

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

QUANTILES = np.linspace(0.01, 0.99, 25)
OTHERS = 400  # films of other devices that the style is measured against

Lit = tuple[np.ndarray, np.ndarray]  # a film, uint8, and its lungs, float32 in [0, 1]


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """What makes a film look as if another device had made it.

    Attributes
    ----------
    before, after : float, (levels,), rising
        Grey levels, and what becomes of them.
    gains : float, (bands,)
        By which each band of detail is multiplied then, see `xray_core.inference.bands`.
    """

    before: np.ndarray
    after: np.ndarray
    gains: np.ndarray


def probe_restyled(
    classifier: Classifier,
    train: Sequence[Film],
    films: Sequence[Film],
    given: Answers,
    find: LungFinder,
) -> dict[str, Any]:
    """Put the odd device's style onto normal films of others.

    Parameters
    ----------
    train
        Films that the style is measured on.
    films, given
        What is restyled if normal, and what the classifier says of it as it is.

    Returns
    -------
    dict
        ``change`` (log-odds), ``before`` and ``after`` (specificity), and of the style ``gains``
        and ``films`` (the device's and the others').
    """
    names = odd_device()
    opaque = [film for film in train if film.opaque]
    own = [film for film in opaque if film.stem in names]
    others = list(spread([film for film in opaque if film.stem not in names], OTHERS))
    measured = with_lungs(find, [*own, *others], _reduced)
    style = fit_style(
        [(film.kind, lit) for film, lit in measured if film.stem in names],
        [(film.kind, lit) for film, lit in measured if film.stem not in names],
    )
    if style is None:
        return {"reason": "not defined: there is no film of the odd device, or none of others"}
    chosen = np.array([film.kind == "normal" and film.stem not in names for film in films])
    normal = [film for film, mine in zip(films, chosen, strict=True) if mine]

    def restyled(film: Film) -> Radiograph:
        radiograph = film.open()
        return radiograph.redrawn(restyle(reduce_film(radiograph.pixels), style))

    then = answers(classifier, [partial(restyled, film) for film in normal])
    return {
        "change": with_interval(
            mean, then.score - given.score[chosen], patients=[film.patient for film in normal]
        ),
        "before": proportion(~given.called[chosen]),
        "after": proportion(~then.called),
        "gains": style.gains.tolist(),
        "films": {"device": len(own), "others": len(others)},
    }


def fit_style(own: Sequence[tuple[str, Lit]], others: Sequence[tuple[str, Lit]]) -> Style | None:
    """Measure how a device's films differ from others of the same kind, in the lungs.

    Parameters
    ----------
    own, others
        Kind, film and lungs; of a device's films, only those whose kind others have as well.

    Returns
    -------
    Style or None
        None where no film is left to compare.
    """
    kinds = {kind for kind, _ in others}
    own = [(kind, lit) for kind, lit in own if kind in kinds]
    if not own:
        return None
    after = np.mean([_levels(lit) for _, lit in own], axis=0)
    before = _expected(own, [(kind, _levels(lit)) for kind, lit in others])
    tone = Style(_rising(before), after, np.ones(1))
    energy = np.mean([_log_energies(film, mask) for _, (film, mask) in own], axis=0)
    expected = _expected(
        own, [(kind, _log_energies(_tone(film, tone), mask)) for kind, (film, mask) in others]
    )
    return Style(tone.before, after, np.exp(energy - expected))


def restyle(film: np.ndarray, style: Style) -> np.ndarray:
    """Give a film a style: first its tone, then its bands.

    Parameters
    ----------
    film : uint8, (side, side)

    Returns
    -------
    uint8, (side, side)
    """
    grey = _tone(film, style)
    bands = split_bands(grey, np.ones_like(grey))
    drawn = grey.mean() + np.tensordot(style.gains, bands, 1)
    return np.clip(np.rint(drawn), 0, 255).astype(np.uint8)


def _reduced(film: Film, radiograph: Radiograph, mask: np.ndarray) -> Lit:
    pixels = reduce_film(radiograph.pixels)
    return pixels, cv2.resize(mask, pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _levels(lit: Lit) -> np.ndarray:
    film, mask = lit
    return np.quantile(film[mask > 0.5], QUANTILES)


def _log_energies(film: np.ndarray, mask: np.ndarray) -> np.ndarray:
    grey = film.astype(np.float32)
    found = energies(split_bands(grey, np.ones_like(grey)), mask)
    return np.log(np.maximum(found, 1e-3))


def _tone(film: np.ndarray, style: Style) -> np.ndarray:
    """Grey levels after the curve, which ends at black and at white; float32 (side, side)."""
    before, after = [0.0, *style.before, 255.0], [0.0, *style.after, 255.0]
    return np.interp(film, before, after).astype(np.float32)


def _rising(levels: np.ndarray) -> np.ndarray:
    return levels + np.arange(len(levels)) * 1e-6


def _expected(
    own: Sequence[tuple[str, Lit]], others: Sequence[tuple[str, np.ndarray]]
) -> np.ndarray:
    """Mean over others, weighted by how frequent each kind is among the device's films."""
    means = {
        kind: np.mean([value for other, value in others if other == kind], axis=0)
        for kind in {kind for kind, _ in own}
    }
    return np.mean([means[kind] for kind, _ in own], axis=0)
