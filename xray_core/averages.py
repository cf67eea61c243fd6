"""What the films of each class look like on average, and how they differ before any disease."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from xray_core import palette
from xray_core.errors import XrayError
from xray_core.figures import finish
from xray_core.lungs import FILM_SIZE, reduce_film
from xray_core.wording import truth_of

FILMS_OF_A_CLASS = 100
MEASURES = {
    "brightness": "grey level of the whole film, 0 to 255",
    "contrast": "spread of the grey levels (standard deviation)",
    "width": "width in pixels",
    "aspect": "shape (width ÷ height)",
}
_COLOURS = (palette.NORMAL, palette.PNEUMONIA, palette.VIRUS, palette.MODEL)


@dataclass(frozen=True, slots=True, eq=False)
class ClassAverage:
    """The films of one class together.

    Attributes
    ----------
    title : str
    mean : uint8, (224, 224)
        Grey level at each place, films squeezed to a square.
    measures : dict of str to float (films,)
        MEASURES of each film.
    """

    title: str
    mean: np.ndarray
    measures: dict[str, np.ndarray]

    @property
    def films(self):
        return len(self.measures["brightness"])


def spread(samples, most=FILMS_OF_A_CLASS):
    """Take at most so many samples, evenly over their order."""
    if len(samples) <= most:
        return tuple(samples)
    return tuple(samples[round(place)] for place in np.linspace(0, len(samples) - 1, most))


def by_class(samples):
    """Group samples by what they show, in the catalogue's order; at most 100 of each."""
    groups = {}
    for sample in samples:
        groups.setdefault(truth_of(sample.label, sample.subtype), []).append(sample)
    return {title: spread(group) for title, group in groups.items()}


def average_class(title, samples):
    """Average films, leaving out those that cannot be read.

    Returns
    -------
    ClassAverage, or None where no film could be read.
    """
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


def compare(averages, measure):
    """Draw one measure of every film, a row for each class.

    Parameters
    ----------
    averages : sequence of ClassAverage
    measure : str
        One of MEASURES.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = go.Figure()
    for average, colour in zip(averages, _COLOURS, strict=False):
        values = average.measures[measure]
        figure.add_box(
            x=values,
            name=average.title,
            boxpoints="all",
            jitter=0.6,
            pointpos=0,
            marker={"color": colour, "size": 4, "opacity": 0.6},
            line={"color": colour, "width": 2},
            fillcolor=palette.faint(colour),
            hovertemplate="%{x:.4~g}<extra></extra>",
        )
    figure.update_xaxes(title=MEASURES[measure])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return finish(figure, 110 + 80 * len(averages), showlegend=False, hovermode="closest")


def describe(averages, measure):
    """Say the medians, class by class."""
    medians = (
        f"{average.title.lower()} {np.median(average.measures[measure]):.3g}"
        for average in averages
    )
    return f"Median {MEASURES[measure]}: {', '.join(medians)}."
