"""Charts of counts, of files and of a training run, as Plotly figures.

Backgrounds are transparent and text takes the page's colour, so every figure reads in light and
in dark. Nothing is told by colour alone.
"""

import plotly.graph_objects as go

from xray_core import theme
from xray_core.reporting.wording import PROPERTIES, SPLITS, SUBTYPES

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


def finish(figure, height, **layout):
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


def class_balance(counts, unit):
    """Stack the classes of each split in one bar.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns split, subtype and n.
    unit : str
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
    finish(figure, 260, barmode="stack", bargap=0.3)
    return figure.update_layout(
        legend_traceorder="normal", uniformtext={"minsize": 11, "mode": "hide"}
    )


def file_properties(header, positive):
    """Show how well properties of the file alone rank the films, split by split.

    Parameters
    ----------
    header : sequence of dict
        Rows of `xray_core.audit.data_set.header_predictions`.
    positive : str
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


def training_curves(history):
    """Draw what was recorded in training over the epochs.

    Parameters
    ----------
    history : dict
        ``{"epochs": [{"epoch": 1, "loss": ..., "val_loss": ..., "val_auc": ...}, ...]}``

    Returns
    -------
    dict of str to plotly.graph_objects.Figure
        'Loss', and 'Score' where a score was recorded.
    """
    epochs = history["epochs"]
    measures = [key for key in epochs[0] if key.removeprefix("val_") in _RECORDED]
    losses = [key for key in measures if "loss" in key]
    others = [key for key in measures if key not in losses]
    panels = {"Loss": losses, "Score": others}
    return {title: _curves(epochs, names) for title, names in panels.items() if names}


def _curves(epochs, names):
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
