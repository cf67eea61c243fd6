"""The films of each class, measure by measure."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from xray_core import theme
from xray_core.audit.averages import MEASURES, ClassAverage
from xray_core.reporting.figures.charts import finish

_COLOURS = (theme.NORMAL, theme.PNEUMONIA, theme.VIRUS, theme.MODEL)


def compare(averages: Sequence[ClassAverage], measure: str) -> go.Figure:
    """Draw one of MEASURES of every film, a row for each class."""
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
            fillcolor=theme.faint(colour),
            hovertemplate="%{x:.4~g}<extra></extra>",
        )
    figure.update_xaxes(title=MEASURES[measure])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return finish(figure, 110 + 80 * len(averages), showlegend=False, hovermode="closest")


def describe(averages: Sequence[ClassAverage], measure: str) -> str:
    """Say the medians, class by class."""
    medians = (
        f"{average.title.lower()} {np.median(average.measures[measure]):.3g}"
        for average in averages
    )
    return f"Median {MEASURES[measure]}: {', '.join(medians)}."
