"""Charts of networks that visitors train: how a training goes, and what came of several."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from xray_core import theme
from xray_core.reporting.figures.charts import finish
from xray_core.reporting.text.home_made import find
from xray_core.reporting.wording import measured

_CURVES = {"loss": "Loss", "accuracy": "Accuracy"}
_LOOKS = (
    {"color": theme.NORMAL, "symbol": "circle-open"},
    {"color": theme.PNEUMONIA, "symbol": "diamond"},
    {"color": theme.MODEL, "symbol": "square"},
    {"color": theme.BASELINE, "symbol": "triangle-up"},
)
_ROW = 44  # pixels


def live_curves(
    steps: Sequence[Sequence[float]],
    epochs: Sequence[Mapping[str, Any]],
    epochs_in_all: int,
    steps_in_all: int,
) -> dict[str, go.Figure]:
    """Draw loss and accuracy by step and by epoch, also of a training that has only begun.

    Parameters
    ----------
    steps
        Number of the step, from 1, with loss and accuracy of the training films.
    epochs
        What was measured at the end of each, as the model's history has it.
    epochs_in_all, steps_in_all
        Of the training when it is over: the axis is as long from the first step on.
    """
    length = epochs_in_all / steps_in_all if steps_in_all else 0.0  # of a step, in epochs
    return {
        title: _curve(name, [(step[0] * length, step[at]) for step in steps], epochs, epochs_in_all)
        for at, (name, title) in enumerate(_CURVES.items(), 1)
    }


def _curve(
    name: str,
    steps: Sequence[tuple[float, float]],
    epochs: Sequence[Mapping[str, Any]],
    epochs_in_all: int,
) -> go.Figure:
    figure = go.Figure()
    figure.add_scatter(
        x=[at for at, _ in steps],
        y=[value for _, value in steps],
        name="training, by step",
        mode="lines",
        line={"color": theme.faint(theme.LUNGS, 0.7), "width": 1.5},
        hoverinfo="skip",
    )
    for key, title, look in (
        (name, "training", {"color": theme.NORMAL, "dash": "dot"}),
        (f"val_{name}", "validation", {"color": theme.PNEUMONIA, "dash": "solid"}),
    ):
        known = [one for one in epochs if one.get(key) is not None]
        figure.add_scatter(
            x=[one["epoch"] for one in known],
            y=[one[key] for one in known],
            name=title,
            mode="lines+markers",
            line=look | {"width": 2.5},
            marker={"size": 8},
            hovertemplate=f"%{{y:{'.1%' if name == 'accuracy' else '.3f'}}}",
        )
    figure.update_xaxes(title="epoch", range=[0, epochs_in_all * 1.02], dtick=_tick(epochs_in_all))
    drawn = [value for trace in figure.data for value in trace.y]
    if name == "accuracy":
        figure.update_yaxes(tickformat=".0%", range=[min([0.5, *drawn]) - 0.03, 1.03])
    else:
        figure.update_yaxes(range=[0, 1.05 * max([1.0, *drawn])])
    # the same name at every redraw: what the visitor has hidden stays so
    return finish(figure, 300, hovermode="x unified", showlegend=True, uirevision=name)


def _tick(epochs: int) -> int:
    return max(1, -(-epochs // 10))


def compare(
    networks: Sequence[Mapping[str, Any]], series: Mapping[str, Sequence[str]], title: str
) -> go.Figure:
    """Set networks one below the other, their measures as dots with 95% intervals.

    Parameters
    ----------
    networks
        Each with a ``title`` and results, see `xray_core.reporting.text.home_made.compare_rows`;
        those of one title, as of several seeds, share a row, and are drawn without intervals.
    series
        By its name, where a measure lies in a network's results, such as ('test', 'auc').
    title
        Of the axis.
    """
    rows = list(dict.fromkeys(network["title"] for network in networks))
    alone = len(rows) == len(networks)
    ends: list[float] = []
    figure = go.Figure()
    for (name, path), look in zip(series.items(), _LOOKS, strict=False):
        found = [(network["title"], find(network, *path)) for network in networks]
        known = [(row, one) for row, one in found if one["value"] is not None]
        values = [one["value"] for _, one in known]
        bounds = [
            (one.get("interval") if alone else None) or [one["value"]] * 2 for _, one in known
        ]
        ends += [end for bound in bounds for end in bound]
        figure.add_scatter(
            x=values,
            y=[row for row, _ in known],
            error_x={
                "type": "data",
                "array": [high - at for at, (_, high) in zip(values, bounds, strict=True)],
                "arrayminus": [at - low for at, (low, _) in zip(values, bounds, strict=True)],
                "thickness": 2,
                "visible": alone,
            },
            orientation="h",  # those of one row lie below each other
            mode="markers",
            marker=look | {"size": 12, "line": {"width": 2, "color": look["color"]}},
            name=name,
            customdata=[measured(one) for _, one in known],
            hovertemplate="%{y}: %{customdata}<extra>" + name + "</extra>",
        )
    shares = {path[-1] for path in series.values()} <= {"accuracy", "sensitivity", "specificity"}
    figure.update_xaxes(title=title, tickformat=".0%" if shares else ".2f", range=_around(ends))
    figure.update_yaxes(
        categoryorder="array", categoryarray=rows, range=[len(rows) - 0.5, -0.5], showgrid=False
    )
    grouped = {"scattermode": "group", "scattergap": 0.5}
    return finish(figure, 120 + _ROW * max(1, len(rows)), showlegend=True, **grouped)


def _around(ends: Sequence[float]) -> list[float] | None:
    """The part of the axis that shows all of these, and no more than it has to."""
    if not ends:
        return None
    low, high = min(ends), max(ends)
    room = 0.08 * max(high - low, 0.05)
    return [low - room, high + room]
