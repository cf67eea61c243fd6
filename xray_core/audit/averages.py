"""What the films of each class look like on average, and how they differ before any disease."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from xray_core.datasets.catalogue import Sample
from xray_core.errors import XrayError
from xray_core.inference.views import FILM_SIZE, reduce_film

FILMS_OF_A_CLASS = 100
MEASURES = {
    "brightness": "grey level of the whole film, 0 to 255",
    "contrast": "spread of the grey levels (standard deviation)",
    "width": "width in pixels",
    "aspect": "shape (width ÷ height)",
}


@dataclass(frozen=True, slots=True, eq=False)
class ClassAverage:
    """The films of one class together.

    Attributes
    ----------
    title
    mean : uint8, (224, 224)
        Grey level at each place, films squeezed to a square.
    measures : float, (films,)
        MEASURES of each film, by name.
    """

    title: str
    mean: np.ndarray
    measures: dict[str, np.ndarray]

    @property
    def films(self) -> int:
        return len(self.measures["brightness"])


def spread(samples: Sequence[Sample], most: int = FILMS_OF_A_CLASS) -> tuple[Sample, ...]:
    """Take at most so many samples, evenly over their order."""
    if len(samples) <= most:
        return tuple(samples)
    return tuple(samples[round(place)] for place in np.linspace(0, len(samples) - 1, most))


def by_class(samples: Iterable[Sample]) -> dict[tuple[str, str], tuple[Sample, ...]]:
    """Group samples by label and subtype, in the catalogue's order; at most 100 of each."""
    groups: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.label, sample.subtype), []).append(sample)
    return {kind: spread(group) for kind, group in groups.items()}


def average_class(title: str, samples: Iterable[Sample]) -> ClassAverage | None:
    """Average films, leaving out those that cannot be read; None where that is all of them."""
    total = np.zeros((FILM_SIZE, FILM_SIZE))
    rows = []
    for sample in samples:
        try:
            pixels = sample.open().pixels
        except XrayError:
            continue
        film = reduce_film(pixels).astype(float)
        total += film
        rows.append((film.mean(), film.std(), pixels.shape[1], pixels.shape[1] / pixels.shape[0]))
    if not rows:
        return None
    columns = np.array(rows, float).T
    return ClassAverage(
        title,
        np.rint(total / len(rows)).astype(np.uint8),
        dict(zip(MEASURES, columns, strict=True)),
    )
