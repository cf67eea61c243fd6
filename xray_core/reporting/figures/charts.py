"""Charts of counts, of files and of a training run, as Plotly figures.

Backgrounds are transparent and text takes the page's colour, so every figure reads in light and
in dark. Nothing is told by colour alone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from xray_core import theme
from xray_core.reporting.wording import PROPERTIES, SPLITS, SUBTYPES

if TYPE_CHECKING:
    from pandas import DataFrame

CONFIG = {"displayModeBar": False}
_AXIS = {
    "zeroline": False,
    "automargin": True,
    "fixedrange": True,
    "title_font_size": 14,
    "ticklabelstandoff": 4,
}
_RECORDED = ("loss", "auc", "accuracy")
_GRID = "rgba(138, 143, 152, 0.25)"


def finish(figure: go.Figure, height: int, **layout: Any) -> go.Figure:
    """Give a figure the look all charts share, at a height in pixels."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        template="none",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        dragmode=False,
        **layout,
    )
    figure.update_xaxes(gridcolor=_GRID, **_AXIS)
    figure.update_yaxes(gridcolor=_GRID, ticksuffix=" ", **_AXIS)
    return figure


def class_balance(counts: "DataFrame", unit: str) -> go.Figure:
    """Stack the classes of each split in one bar.

    Parameters
    ----------
    counts
        Columns split, subtype and n.
    unit
        What n counts, e.g. 'films'.
    """
    figure = go.Figure()
    for subtype, colour in theme.SUBTYPES.items():
        part = counts[counts["subtype"] == subtype]
        figure.add_bar(
            x=part["n"],
            y=[SPLITS[split] for split in part["split"]],
            name=SUBTYPES[subtype],
            orientation="h",
            marker={"color": colour, "line": {"width": 0}},
            text=[f"{n:,}" for n in part["n"]],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": "black" if subtype == "virus" else "white"},
            hovertemplate="%{y}: %{x:,} " + unit + "<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(title=unit, tickformat=",")
    small = {"minsize": 11, "mode": "hide"}
    stacked = {"barmode": "stack", "bargap": 0.3, "legend_traceorder": "normal"}
    return finish(figure, 260, uniformtext=small, **stacked)


def file_properties(header: Sequence[dict[str, Any]], positive: str) -> go.Figure:
    """Show how well properties of the file alone rank the films, split by split.

    Parameters
    ----------
    header
        Rows of `xray_core.audit.data_set.header_predictions`.
    positive
        The class that an AUC above 0.5 speaks for, in words.
    """
    figure = go.Figure()
    looks = {
        "train": (theme.NORMAL, "circle"),
        "val": (theme.VIRUS, "square-open"),
        "test": (theme.PNEUMONIA, "diamond"),
    }
    for split, (colour, symbol) in looks.items():
        rows = [row for row in header if row["split"] == split]
        if not rows:
            continue
        figure.add_scatter(
            x=[row["auc"] for row in rows],
            y=[PROPERTIES[row["feature"]] for row in rows],
            customdata=[
                [row["median_negative"], row["median_positive"], row["films"]] for row in rows
            ],
            mode="markers",
            marker={"size": 13, "color": colour, "symbol": symbol, "line_width": 2},
            name=SPLITS[split],
            hovertemplate="%{y}: AUC %{x:.3f} in %{customdata[2]:,} films<br>median "
            f"%{{customdata[1]:.4~g}} for {positive}, %{{customdata[0]:.4~g}} otherwise"
            "<extra>%{fullData.name}</extra>",
        )
    figure.add_vline(x=0.5, line={"color": theme.UNCERTAIN, "width": 1.5, "dash": "dash"})
    figure.update_xaxes(
        range=[-0.06, 1.06],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["0", "", "0.5<br>says nothing", "", "1"],
        title="AUC",
    )
    figure.update_yaxes(autorange="reversed")
    features = len({row["feature"] for row in header})
    return finish(figure, 150 + 46 * features, showlegend=True)


def training_curves(history: dict[str, Any]) -> dict[str, go.Figure]:
    """Draw what was recorded in training over the epochs: 'Loss' and, where there is one, 'Score'.

    Parameters
    ----------
    history
        See `xray_core.inference.model_card.load_history`.
    """
    epochs = history["epochs"]
    panels: dict[str, list[str]] = {}
    for key in epochs[0]:
        if key.removeprefix("val_") in _RECORDED:
            panels.setdefault("Loss" if "loss" in key else "Score", []).append(key)
    return {title: _curves(epochs, names) for title, names in panels.items()}


def _curves(epochs: Sequence[dict[str, Any]], names: Sequence[str]) -> go.Figure:
    figure = go.Figure()
    for name in names:
        held_out = name.startswith("val_")
        figure.add_scatter(
            x=[epoch["epoch"] for epoch in epochs],
            y=[epoch.get(name) for epoch in epochs],
            name=("validation " if held_out else "training ") + name.removeprefix("val_"),
            mode="lines+markers",
            line={
                "color": theme.PNEUMONIA if held_out else theme.NORMAL,
                "dash": "solid" if held_out else "dot",
            },
        )
    figure.update_xaxes(title="epoch", dtick=max(1, len(epochs) // 10))
    return finish(figure, 320, hovermode="x unified", showlegend=True)
