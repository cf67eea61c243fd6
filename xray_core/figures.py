"""Charts of a probability, of counts and of a training run, as Plotly figures.

Backgrounds are transparent and text takes the page's colour, so every figure reads in light and
in dark. Nothing is told by colour alone.
"""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from xray_core import palette
from xray_core.wording import SUBTYPES, percent

CONFIG = {"displayModeBar": False}
_GRID = "rgba(138, 143, 152, 0.25)"


def finish(figure, height, **layout):
    """Give a figure the look all charts share, at a height in pixels."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        dragmode=False,
        **layout,
    )
    figure.update_xaxes(gridcolor=_GRID, zeroline=False, automargin=True, fixedrange=True)
    figure.update_yaxes(gridcolor=_GRID, zeroline=False, automargin=True, fixedrange=True)
    return figure


def probability_scale(probability, operating_point, uncertain=None):
    """Place a probability of pneumonia on a scale with the operating point.

    Parameters
    ----------
    probability : float, in [0, 1]
    operating_point : OperatingPoint
    uncertain : (float, float), optional
        Band of probabilities in which the model gives no answer.
    """
    figure = go.Figure()
    threshold = operating_point.threshold
    sides = ((0, threshold, palette.NORMAL), (threshold, 1, palette.PNEUMONIA))
    for left, right, colour in sides:
        figure.add_shape(
            type="rect",
            **{"x0": left, "x1": right, "y0": 0, "y1": 1, "line_width": 0},
            fillcolor=palette.faint(colour, 0.3),
        )
    if uncertain is not None:
        low, high = uncertain
        figure.add_shape(
            type="rect",
            **{"x0": low, "x1": high, "y0": 0, "y1": 1, "name": "uncertain"},
            fillcolor=palette.faint(palette.UNCERTAIN, 0.45),
            line={"color": palette.UNCERTAIN, "width": 1, "dash": "dot"},
        )
    figure.add_shape(
        type="line",
        **{"x0": threshold, "x1": threshold, "y0": -0.15, "y1": 1.15, "name": "operating point"},
        line={"color": palette.UNCERTAIN, "width": 3},
    )
    figure.add_scatter(
        x=[probability],
        y=[0.5],
        mode="markers",
        marker={
            "size": 22,
            "symbol": "diamond",
            "color": palette.PNEUMONIA if probability >= threshold else palette.NORMAL,
            "line": {"color": "white", "width": 2},
        },
        hovertemplate=f"probability {percent(probability)}<extra></extra>",
    )
    figure.add_annotation(
        x=threshold,
        y=1.2,
        text=f"operating point {percent(threshold)}",
        showarrow=False,
        yanchor="bottom",
        xanchor="left" if threshold < 0.5 else "right",
    )
    figure.update_xaxes(
        range=[-0.015, 1.015],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["normal 0%", "25%", "50%", "75%", "100% pneumonia"],
        ticklabelshift=0,
        showgrid=False,
    )
    figure.update_yaxes(visible=False, range=[-0.2, 1.7])
    return finish(figure, 130, showlegend=False, hovermode="closest")


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
    for subtype, colour in palette.SUBTYPES.items():
        part = counts[counts["subtype"] == subtype]
        figure.add_bar(
            x=part["n"],
            y=part["split"],
            name=SUBTYPES[subtype],
            orientation="h",
            marker={"color": colour, "line": {"color": "white", "width": 1}},
            text=[f"{n:,}" for n in part["n"]],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": "black" if subtype == "virus" else "white"},
            hovertemplate="%{y}: %{x:,} " + unit + "<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(title=unit)
    return finish(figure, 260, barmode="stack", bargap=0.3)


def training_curves(history):
    """Draw loss and every other recorded measure over the epochs.

    Parameters
    ----------
    history : dict
        ``{"epochs": [{"epoch": 1, "loss": ..., "val_loss": ..., "val_auc": ...}, ...]}``
    """
    epochs = history["epochs"]
    measures = [key for key in epochs[0] if key.startswith(("loss", "val_", "auc", "accuracy"))]
    losses = [key for key in measures if "loss" in key]
    others = [key for key in measures if key not in losses]
    panels = [(names, title) for names, title in ((losses, "Loss"), (others, "Score")) if names]
    figure = make_subplots(rows=1, cols=len(panels), subplot_titles=[title for _, title in panels])
    colours = (palette.MODEL, palette.PNEUMONIA, palette.NORMAL, palette.BASELINE)
    for column, (names, _) in enumerate(panels, start=1):
        for name, colour in zip(names, colours, strict=False):
            held_out = name.startswith("val_")
            figure.add_scatter(
                x=[epoch["epoch"] for epoch in epochs],
                y=[epoch.get(name) for epoch in epochs],
                name=("validation " if held_out else "training ") + name.removeprefix("val_"),
                mode="lines+markers",
                line={"color": colour, "dash": "solid" if held_out else "dot"},
                row=1,
                col=column,
            )
    figure.update_xaxes(title="epoch", dtick=max(1, len(epochs) // 10))
    return finish(figure, 340, hovermode="x unified")
