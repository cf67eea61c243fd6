"""What a threshold does to a thousand children, one dot for each."""

from collections.abc import Mapping

import plotly.graph_objects as go

from xray_core import theme
from xray_core.reporting.figures.charts import finish

_ROWS = 20
OUTCOMES = {
    "tp": ("pneumonia, found", theme.PNEUMONIA, "circle"),
    "fn": ("pneumonia, missed", theme.BASELINE, "x"),
    "fp": ("healthy, false alarm", theme.VIRUS, "triangle-up"),
    "tn": ("healthy, cleared", theme.NORMAL, "circle-open"),
}


def draw_outcomes(outcomes: Mapping[str, int]) -> go.Figure:
    """Draw a dot for each child, column by column."""
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
