"""What a threshold does to a thousand children, one dot for each."""

import plotly.graph_objects as go

from xray_core import palette
from xray_core.figures import finish

CHILDREN = 1000
_ROWS = 20
OUTCOMES = {
    "tp": ("pneumonia, found", palette.PNEUMONIA, "circle"),
    "fn": ("pneumonia, missed", palette.BASELINE, "x"),
    "fp": ("healthy, false alarm", palette.VIRUS, "triangle-up"),
    "tn": ("healthy, cleared", palette.NORMAL, "circle-open"),
}


def count_outcomes(sensitivity, specificity, prevalence, children=CHILDREN):
    """Count what is to be expected among children, in whole children.

    Parameters
    ----------
    sensitivity, specificity, prevalence : float, in [0, 1]

    Returns
    -------
    dict of str to int
        ``tp``, ``fn``, ``fp`` and ``tn``; they add up to ``children``.
    """
    ill = round(children * prevalence)
    found, cleared = round(ill * sensitivity), round((children - ill) * specificity)
    return {"tp": found, "fn": ill - found, "fp": children - ill - cleared, "tn": cleared}


def describe_outcomes(outcomes):
    """Say the counts in words."""
    ill, alarms = outcomes["tp"] + outcomes["fn"], outcomes["tp"] + outcomes["fp"]
    healthy = outcomes["fp"] + outcomes["tn"]
    text = (
        f"Of {ill + healthy:,} children, **{ill:,} have pneumonia**: {outcomes['tp']:,} are found, "
        f"**{outcomes['fn']:,} missed**. Of the {healthy:,} without it, {outcomes['tn']:,} are "
        f"cleared and **{outcomes['fp']:,} alarmed for nothing**."
    )
    if not alarms:
        return f"{text} Nobody is called ill."
    return f"{text} So of the {alarms:,} called ill, {outcomes['tp'] / alarms:.0%} are."


def draw_outcomes(outcomes):
    """Draw a dot for each child, column by column; returns a plotly.graph_objects.Figure."""
    figure = go.Figure()
    start = 0
    for key, (name, colour, symbol) in OUTCOMES.items():
        places = range(start, start + outcomes[key])
        start += outcomes[key]
        figure.add_scatter(
            x=[place // _ROWS for place in places],
            y=[place % _ROWS for place in places],
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 6, "line_width": 1},
            name=f"{outcomes[key]:,} {name}",
            hovertemplate=f"{name}<extra></extra>",
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")
    return finish(figure, 380, showlegend=True, hovermode="closest")
