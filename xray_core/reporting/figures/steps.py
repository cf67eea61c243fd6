"""Pictures, charts and tables of the steps from a film's pixels to its probability."""

import cv2
import numpy as np
import plotly.graph_objects as go

from xray_core import theme
from xray_core.io.images import fit_within
from xray_core.reporting.figures.charts import finish
from xray_core.reporting.wording import SUBTYPES, percent
from xray_core.saliency.overlay import outline

_SIDE = 640
_TILE = 96
_GAP = 4


def draw_lungs(pixels, lungs):
    """Draw the outline of the lungs on a film; returns uint8 (rows, columns, 3), RGB."""
    film = fit_within(pixels, _SIDE)
    picture = cv2.cvtColor(film, cv2.COLOR_GRAY2RGB)
    colour = tuple(int(theme.LUNGS[at : at + 2], 16) for at in (1, 3, 5))
    curves = [np.rint(curve).astype(np.int32) for curve in outline(lungs.mask, *film.shape)]
    return cv2.polylines(picture, curves, True, colour, 2, cv2.LINE_AA)


def draw_view(grey: np.ndarray) -> np.ndarray:
    """Draw what a network receives, every pixel as a square.

    Parameters
    ----------
    grey : float32, (side, side), see `View.grey`

    Returns
    -------
    uint8, (rows, columns)
        -2 is black and 2 white.
    """
    levels = np.clip(255 * (grey + 2) / 4, 0, 255).astype(np.uint8)
    return _enlarge(levels, _SIDE // len(levels))


def draw_channels(stage, channels):
    """Draw channels of an activation side by side.

    Parameters
    ----------
    stage : float32, (rows, columns, channels)
    channels : sequence of int
        Which, in reading order; four stand in a row.

    Returns
    -------
    uint8, (rows, columns)
        Each channel from black, 0 or less, to white, its own maximum.
    """
    factor = max(1, _TILE // len(stage))
    tiles = []
    for channel in channels:
        values = np.maximum(stage[..., channel], 0)
        tile = (255 * values / max(float(values.max()), 1e-6)).astype(np.uint8)
        tiles.append(np.pad(_enlarge(tile, factor), _GAP // 2))
    rows = [np.hstack(tiles[at : at + 4]) for at in range(0, len(tiles), 4)]
    widest = rows[0].shape[1]
    return np.vstack([np.pad(row, ((0, 0), (0, widest - row.shape[1]))) for row in rows])


def strongest_channels(stage, count=16):
    """Return the channels that answer most on average, strongest first."""
    return [int(channel) for channel in np.argsort(-stage.mean(axis=(0, 1)))[:count]]


def class_map(contributions, title):
    """Draw what each place adds to a logit, with the numbers.

    Parameters
    ----------
    contributions : float, (rows, columns)
        Their sum is the logit.
    title : str
        Of the class.
    """
    # beyond the largest value, so that white numbers stand out against every colour
    extreme = 1.6 * max(float(np.abs(contributions).max()), 1e-6)
    figure = go.Figure(
        go.Heatmap(
            z=contributions,
            zmin=-extreme,
            zmax=extreme,
            colorscale=[[0, theme.NORMAL], [0.5, theme.SURROUND], [1, theme.PNEUMONIA]],
            text=[[_signed(value) for value in row] for row in contributions],
            texttemplate="%{text}",
            textfont={"color": "white", "size": 11},
            hovertemplate="row %{y}, column %{x}: %{z:+.4f}<extra></extra>",
            showscale=False,
            xgap=1,
            ygap=1,
        )
    )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain")
    finish(figure, 420)
    return figure.update_layout(
        title={"text": title, "font_size": 14, "x": 0},
        paper_bgcolor=theme.SURROUND,
        plot_bgcolor=theme.SURROUND,
    )


def list_channels(means, weights, count=6):
    """Write a logit as the sum over the features that move it most, and all others.

    Parameters
    ----------
    means : float, (channels,)
        Of each feature over the lungs.
    weights : float, (channels,)
        For one class.
    count : int
        Features with a row of their own.

    Returns
    -------
    list of dict of str to str
        Feature, Mean over the lungs, Weight, Product.
    """
    products = means * weights
    largest = np.argsort(-np.abs(products))[:count]
    rows = [
        {
            "Feature": f"number {channel + 1}",
            "Mean over the lungs": f"{means[channel]:.3f}",
            "Weight": f"{weights[channel]:+.3f}",
            "Product": f"{products[channel]:+.3f}",
        }
        for channel in largest
    ]
    total = float(products.sum())
    others = len(products) - len(largest)
    return [
        *rows,
        _row(f"the other {others}", total - float(products[largest].sum())),
        _row("**sum: the logit**", total, "**{}**"),
    ]


def _row(feature, product, form="{}"):
    values = {"Mean over the lungs": "", "Weight": "", "Product": form.format(f"{product:+.3f}")}
    return {"Feature": feature} | values


def list_logits(classes, logits, positive, score, calibration, probability):
    """Write the way from the logits to the probability, a row for each step.

    Parameters
    ----------
    classes : sequence of str
    logits : float, (classes,)
    positive : bool, (classes,)
    score : float
        The log-odds.
    calibration : dict
        ``temperature`` and ``bias``.
    probability : float

    Returns
    -------
    list of dict of str to str
        Step, How, Result.
    """
    names = [SUBTYPES.get(name, name.capitalize()) for name in classes]
    rows = [
        {"Step": f"Logit of {name.lower()}", "How": "the sum above", "Result": f"{logit:+.3f}"}
        for name, logit in zip(names, logits, strict=True)
    ]
    sides = (_log_sum(logits[positive]), _log_sum(logits[~positive]))
    temperature, bias = calibration["temperature"], calibration["bias"]
    scaled = score / temperature + bias
    shift = f" {bias:+.3f}" if bias else ""
    return [
        *rows,
        {
            "Step": "Log-odds of pneumonia",
            "How": f"log Σ exp of the pneumonias, {sides[0]:+.3f}, less that of normal, "
            f"{sides[1]:+.3f}",
            "Result": f"{score:+.3f}",
        },
        {
            "Step": "Calibrated",
            "How": f"{score:+.3f} ÷ {temperature:.3f}{shift}, fitted on validation films",
            "Result": f"{scaled:+.3f}",
        },
        {
            "Step": "**Probability**",
            "How": f"1 ÷ (1 + exp({-scaled:.3f}))",
            "Result": f"**{percent(probability, 1)}**",
        },
    ]


def _signed(value):
    """Write a value with its sign and two digits, but no sign to a zero."""
    text = f"{value:+.2f}"
    return text[1:] if float(text) == 0 else text


def _log_sum(logits):
    return float(np.logaddexp.reduce(logits))


def _enlarge(grey, factor):
    return np.repeat(np.repeat(grey, factor, axis=0), factor, axis=1)
