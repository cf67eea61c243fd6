"""The film as a figure one can zoom and pan, in the dark."""

import base64
from dataclasses import dataclass

from plotly.subplots import make_subplots

from xray_core import palette
from xray_core.overlay import colour_scale

CONFIG = {
    "scrollZoom": True,
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtons": [["zoomIn2d", "zoomOut2d", "resetScale2d"]],
    "doubleClick": "reset",
}


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One way to see the film: a title and the JPEG to show."""

    title: str
    jpeg: bytes


def film_viewer(pictures, width, height, *, outlines=(), view=None, evidence=None, stacked=False):
    """Show one film in one or several ways that zoom and pan together.

    Parameters
    ----------
    pictures : sequence of Picture
        All of the same film.
    width, height : int
        Of the film in pixels, the unit of the axes; the pictures may be smaller.
    outlines : sequence of float (points, 2)
        Curves to draw over every picture, in film pixels.
    view : Box, optional
        What the network saw, drawn as a dotted rectangle.
    evidence : float, optional
        The log-odds that the last colour of the overlay stands for; adds the legend.
    stacked : bool
        Pictures below one another, for a narrow screen.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    rows, columns = (len(pictures), 1) if stacked else (1, len(pictures))
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[picture.title for picture in pictures],
        horizontal_spacing=0.015,
        vertical_spacing=0.06,
        shared_xaxes="all",
        shared_yaxes="all",
    )
    for index, picture in enumerate(pictures):
        place = {"row": index + 1, "col": 1} if stacked else {"row": 1, "col": index + 1}
        _draw_picture(figure, picture, width, height, place)
        for curve in outlines:
            figure.add_scatter(
                x=curve[:, 0],
                y=curve[:, 1],
                mode="lines",
                line={"color": palette.LUNGS, "width": 1.5},
                hoverinfo="skip",
                **place,
            )
        if view is not None:
            figure.add_shape(
                type="rect",
                x0=view.left * width,
                x1=view.right * width,
                y0=view.top * height,
                y1=view.bottom * height,
                line={"color": palette.LUNGS, "width": 1, "dash": "dot"},
                **place,
            )
    if evidence is not None:
        _draw_legend(figure, evidence)
    figure.update_xaxes(visible=False, range=[0, width], constrain="domain")
    figure.update_yaxes(visible=False, range=[height, 0], constrain="domain")
    figure.update_layout(
        height=_fit_height(height / width, rows, stacked),
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        paper_bgcolor=palette.SURROUND,
        plot_bgcolor=palette.SURROUND,
        font={"color": palette.ON_SURROUND, "family": "Source Sans, sans-serif", "size": 14},
        modebar={
            "bgcolor": "rgba(0, 0, 0, 0)",
            "color": palette.ON_SURROUND,
            "activecolor": "white",
        },
        dragmode="pan",
        showlegend=False,
    )
    return figure


def _fit_height(shape, rows, stacked):
    """Choose the figure's height in pixels, so that the films fill the width they usually get."""
    film_width = 350 if stacked else 460
    tallest = 480 if stacked else 640
    return 110 + rows * (30 + min(tallest, round(shape * film_width)))


def _draw_picture(figure, picture, width, height, place):
    # An axis pair without a trace is not drawn, and its picture neither.
    figure.add_scatter(
        x=[0, width], y=[0, height], mode="markers", marker_opacity=0, hoverinfo="skip", **place
    )
    subplot = figure.get_subplot(**place)
    subplot.yaxis.scaleanchor = subplot.xaxis.plotly_name.replace("axis", "")
    figure.add_layout_image(
        source="data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode(),
        x=0,
        y=0,
        sizex=width,
        sizey=height,
        sizing="stretch",
        layer="below",
        **place,
    )


def _draw_legend(figure, evidence):
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        hoverinfo="skip",
        marker={
            "colorscale": colour_scale(),
            "cmin": 0,
            "cmax": evidence,
            "color": [0],
            "showscale": True,
            "colorbar": {
                "title": {"text": "Evidence, log-odds", "side": "top"},
                "orientation": "h",
                "thickness": 10,
                "len": 0.5,
                "x": 0.5,
                "xanchor": "center",
                "y": 0,
                "yanchor": "top",
                "outlinewidth": 0,
                "nticks": 4,
            },
        },
    )
