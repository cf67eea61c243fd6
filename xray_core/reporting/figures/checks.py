"""Figures of the checks of one film's map."""

import numpy as np
import plotly.graph_objects as go

from xray_core import theme


def deletion_and_insertion(curves):
    """Draw what the probability does while evidence is taken away and put in.

    Parameters
    ----------
    curves : Curves, see `xray_core.saliency.checks`

    Returns
    -------
    plotly.graph_objects.Figure
        A solid line for the map and a dotted one for the mean of the random maps, each twice.
    """
    figure = go.Figure()
    for title, colour, own, random in (
        ("taken away", theme.PNEUMONIA, curves.deletion, curves.random_deletion),
        ("put in", theme.NORMAL, curves.insertion, curves.random_insertion),
    ):
        for name, values, dash in (
            (f"this map, {title}", own, "solid"),
            (f"random maps, {title}", np.mean(random, axis=0), "dot"),
        ):
            figure.add_scatter(
                x=curves.shares,
                y=values,
                name=name,
                mode="lines",
                line={"color": colour, "width": 2.5 if dash == "solid" else 2, "dash": dash},
                hovertemplate="%{x:.0%} of the lungs: %{y:.1%}<extra>" + name + "</extra>",
            )
    axis = {"tickformat": ".0%", "automargin": True, "gridcolor": theme.faint(theme.UNCERTAIN)}
    figure.update_xaxes(range=[0, 1], zeroline=False, **axis)
    figure.update_yaxes(range=[0, 1.02], zeroline=False, **axis)
    figure.update_layout(
        height=330,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        legend={"orientation": "h", "y": -0.15, "x": 0},
    )
    return figure
