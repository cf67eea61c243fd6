"""Pictures, charts and tables of the steps from a film's pixels to its probability."""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import plotly.graph_objects as go
from PIL.ImageColor import getrgb

from xray_core import theme
from xray_core.io.images import fit_within
from xray_core.reporting.figures.charts import finish
from xray_core.reporting.wording import class_title, percent
from xray_core.saliency.overlay import outline
from xray_core.types import Lungs

_SIDE = 640
_TILE = 96
_GAP = 4
_NUMBERED = 10  # rows of a map whose places are large enough for their numbers


def draw_lungs(pixels: np.ndarray, lungs: Lungs) -> np.ndarray:
    """Draw the outline of the lungs on a film; returns uint8 (rows, columns, 3), RGB."""
    film = fit_within(pixels, _SIDE)
    picture = cv2.cvtColor(film, cv2.COLOR_GRAY2RGB)
    curves = [np.rint(curve).astype(np.int32) for curve in outline(lungs.mask, *film.shape)]
    return cv2.polylines(picture, curves, True, getrgb(theme.LUNGS), 2, cv2.LINE_AA)


def draw_view(grey: np.ndarray) -> np.ndarray:
    """Draw what a network receives, `View.grey`: uint8, where -2 is black and 2 white."""
    levels = np.clip(255 * (grey + 2) / 4, 0, 255).astype(np.uint8)
    return _enlarge(levels, _SIDE // len(levels))


def draw_channels(stage: np.ndarray, channels: Sequence[int]) -> np.ndarray:
    """Draw channels of an activation side by side.

    Parameters
    ----------
    stage : float32, (rows, columns, channels)
    channels
        Which, in reading order; four stand in a row.

    Returns
    -------
    uint8, (rows, columns)
        Each channel from black, 0 or less, to white, its own maximum.
    """
    shown = np.maximum(stage[..., channels], 0)
    shown = (255 * shown / np.maximum(shown.max(axis=(0, 1)), 1e-6)).astype(np.uint8)
    factor = max(1, _TILE // len(stage))
    tiles = [np.pad(_enlarge(tile, factor), _GAP // 2) for tile in np.moveaxis(shown, -1, 0)]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % min(4, len(tiles)))
    return np.vstack([np.hstack(tiles[at : at + 4]) for at in range(0, len(tiles), 4)])


def strongest_channels(stage: np.ndarray, count: int = 16) -> list[int]:
    """The channels that answer most on average, strongest first."""
    return [int(channel) for channel in np.argsort(-stage.mean(axis=(0, 1)))[:count]]


def list_layers(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """List what a network is made of, see `xray_core.training.export.describe_layers`."""
    return [
        {
            "Layer": block["name"],
            "What it does": block["does"],
            "Hands on": " × ".join(f"{side:,}" for side in block["shape"]),
            "Parameters": (f"{block['times']} × " if block["times"] > 1 else "")
            + f"{block['parameters']:,}",
        }
        for block in blocks
    ]


def layers(blocks: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Draw what a network is made of: each block as high as its maps, as wide as it has channels.

    Width stands for the square root of the channels, so that three and three hundred fit.
    """
    figure = go.Figure()
    left = 0.0
    for block in blocks:
        rows, channels = (block["shape"][0] if len(block["shape"]) > 1 else 1), block["shape"][-1]
        width = channels**0.5
        figure.add_bar(
            x=[left + width / 2],
            y=[rows],
            base=[-rows / 2],
            width=[width],
            marker={"color": theme.NORMAL, "line": {"color": theme.SURROUND, "width": 1}},
            hovertext=f"{block['name']}: {block['does']}<br>{rows} × {rows} places, "
            f"{channels:,} channels; {block['parameters'] * block['times']:,} parameters",
            hoverinfo="text",
        )
        left += width + 2
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return finish(figure, 220, barmode="overlay", showlegend=False)


def class_map(contributions: np.ndarray, title: str) -> go.Figure:
    """Draw what each place, (rows, columns), adds to a logit, a coarse map with the numbers."""
    # beyond the largest value, so that white numbers stand out against every colour
    extreme = 1.6 * max(float(np.abs(contributions).max()), 1e-6)
    figure = go.Figure(
        go.Heatmap(
            z=contributions,
            zmin=-extreme,
            zmax=extreme,
            colorscale=[[0, theme.NORMAL], [0.5, theme.SURROUND], [1, theme.PNEUMONIA]],
            text=[[_signed(value) for value in row] for row in contributions],
            texttemplate="%{text}" if len(contributions) <= _NUMBERED else "",
            textfont={"color": "white", "size": 11},
            hovertemplate="row %{y}, column %{x}: %{z:+.4f}<extra></extra>",
            showscale=False,
            xgap=1,
            ygap=1,
        )
    )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain")
    return finish(figure, 420).update_layout(
        title={"text": title, "font_size": 14, "x": 0},
        paper_bgcolor=theme.SURROUND,
        plot_bgcolor=theme.SURROUND,
    )


def list_channels(means: np.ndarray, weights: np.ndarray, count: int = 6) -> list[dict[str, str]]:
    """Write a logit as the sum over the features that move it most, and all others.

    Parameters
    ----------
    means : float, (channels,)
        Of each feature over the places.
    weights : float, (channels,)
        For one logit.
    count
        Features with a row of their own.
    """
    products = means * weights
    order = np.argsort(-np.abs(products))
    rest, total = products[order[count:]], products.sum()
    rows = [
        (f"number {at + 1}", f"{means[at]:.3f}", f"{weights[at]:+.3f}", f"{products[at]:+.3f}")
        for at in order[:count]
    ]
    rows.append((f"the other {len(rest)}", "", "", f"{rest.sum():+.3f}"))
    rows.append(("**sum: the logit**", "", "", f"**{total:+.3f}**"))
    titles = ("Feature", "Mean over the places", "Weight", "Product")
    return [dict(zip(titles, row, strict=True)) for row in rows]


def list_logits(
    outputs: Sequence[str],
    logits: np.ndarray,
    calibration: Mapping[str, float],
    probability: float,
) -> list[dict[str, str]]:
    """Write the way from the logits to the probability, a row for each step.

    Parameters
    ----------
    outputs, logits : (outputs,)
        The first is the log-odds of an opacity.
    calibration
        ``temperature`` and ``bias``.
    """
    score = float(logits[0])
    temperature, bias = calibration["temperature"], calibration["bias"]
    scaled = score / temperature + bias
    shift = f" {bias:+.3f}" if bias else ""
    rows = [
        (f"Logit of {class_title(name).lower()}", "the sum above", f"{logit:+.3f}")
        for name, logit in zip(outputs, logits, strict=True)
    ]
    rows += [
        (
            "Calibrated",
            f"{score:+.3f} ÷ {temperature:.3f}{shift}, fitted on validation films",
            f"{scaled:+.3f}",
        ),
        (
            "**Probability**",
            f"1 ÷ (1 + exp({-scaled:.3f}))",
            f"**{percent(probability, 1)}**",
        ),
    ]
    return [dict(zip(("Step", "How", "Result"), row, strict=True)) for row in rows]


def _signed(value: float) -> str:
    """Write a value with its sign and two digits, but no sign to a zero."""
    text = f"{value:+.2f}"
    return text[1:] if float(text) == 0 else text


def _enlarge(grey: np.ndarray, factor: int) -> np.ndarray:
    return grey.repeat(factor, axis=0).repeat(factor, axis=1)
