import base64

import numpy as np
import pytest

from xray_core import overlay, viewer
from xray_core.types import Box

JPEG = overlay.encode_jpeg(np.full((30, 40), 90, np.uint8))
PICTURES = [viewer.Picture("Film", JPEG), viewer.Picture("Evidence", JPEG)]


def test_film_viewer_places_the_picture_on_the_film_s_own_pixels():
    figure = viewer.film_viewer(PICTURES[:1], width=2000, height=1500)
    (image,) = figure.layout.images
    assert (image.x, image.y, image.sizex, image.sizey) == (0, 0, 2000, 1500)
    assert base64.b64decode(image.source.partition(",")[2]) == JPEG
    assert figure.layout.yaxis.range == (1500, 0)
    assert figure.layout.yaxis.scaleanchor == "x"


def test_film_viewer_zooms_all_pictures_together():
    layout = viewer.film_viewer(PICTURES, 2000, 1500).layout
    assert layout.xaxis2.matches == "x"
    assert layout.yaxis2.matches == "y"
    assert layout.dragmode == "pan"


@pytest.mark.parametrize("stacked", [True, False])
def test_film_viewer_stacks_pictures_on_request(stacked):
    layout = viewer.film_viewer(PICTURES, 2000, 1500, stacked=stacked).layout
    assert (layout.xaxis.domain == layout.xaxis2.domain) is stacked
    assert (layout.yaxis.domain == layout.yaxis2.domain) is not stacked


def test_film_viewer_draws_outlines_on_every_picture():
    curve = np.array([[0.0, 0.0], [10.0, 5.0], [0.0, 0.0]])
    lines = [
        trace
        for trace in viewer.film_viewer(PICTURES, 2000, 1500, outlines=[curve]).data
        if trace.mode == "lines"
    ]
    assert [line.xaxis for line in lines] == ["x", "x2"]
    assert list(lines[0].x) == [0, 10, 0]


def test_film_viewer_marks_what_the_network_saw():
    figure = viewer.film_viewer(PICTURES[:1], 2000, 1000, view=Box(0.25, -0.1, 0.75, 0.9))
    (shape,) = figure.layout.shapes
    assert (shape.x0, shape.x1, shape.y0, shape.y1) == (500, 1500, -100, 900)


def test_film_viewer_legend_states_the_evidence():
    legend = viewer.film_viewer(PICTURES, 2000, 1500, evidence=7.5).data[-1].marker
    assert legend.cmax == 7.5
    assert legend.colorscale[-1][1] == overlay.colour_scale()[-1][1]
    assert not any(
        trace.marker.showscale for trace in viewer.film_viewer(PICTURES, 2000, 1500).data
    )


def test_film_viewer_is_dark_in_every_theme():
    layout = viewer.film_viewer(PICTURES, 2000, 1500).layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "#0B0D10"
