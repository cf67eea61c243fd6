"""Figures of the checks of one film's map."""

import plotly.graph_objects as go

from xray_core import theme
from xray_core.reporting.figures.charts import finish
from xray_core.saliency.checks import Curves


def deletion_and_insertion(curves: Curves) -> go.Figure:
    """Draw what the probability does while evidence is taken away and put in.

    A solid line for the map and a dotted one for the mean of the random maps, each twice.
    """
    figure = go.Figure()
    for whose, dash, away, into in (
        ("this map", "solid", curves.deletion, curves.insertion),
        ("random maps", "dot", curves.random_deletion.mean(0), curves.random_insertion.mean(0)),
    ):
        for title, colour, values in (
            ("taken away", theme.PNEUMONIA, away),
            ("put in", theme.NORMAL, into),
        ):
            name = f"{whose}, {title}"
            figure.add_scatter(
                x=curves.shares,
                y=values,
                name=name,
                mode="lines",
                line={"color": colour, "width": 2.5, "dash": dash},
                hovertemplate="%{x:.0%} of the lungs: %{y:.1%}<extra>" + name + "</extra>",
            )
    figure.update_xaxes(range=[-0.02, 1.04], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return finish(figure, 330)
