"""The film viewer as a part of a page: it runs in the browser and asks nothing outside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent


def draw(
    scene: dict[str, Any],
    *,
    key: str,
    brush: float | None = None,
    on_stroke: Callable[[tuple[tuple[float, float], ...]], None] | None = None,
) -> None:
    """Draw what `xray_core.ui.film_viewer.scene.build_scene` gathered.

    Parameters
    ----------
    key
        Names the viewer on its page.
    brush
        Radius as a share of the film's width: the pointer or a finger draws strokes. Without it
        they move the film.
    on_stroke
        Told, before the page runs again, the places that the brush went through: x and y as shares
        of the film's width and height.
    """

    def tell() -> None:
        stroke = st.session_state[key].stroke
        if stroke and on_stroke:
            on_stroke(tuple((place["x"], place["y"]) for place in stroke))

    # In a list: a dict's values Streamlit would ask whether they are data frames, with pandas.
    _component()(key=key, data=[scene | {"brush": brush}], on_stroke_change=tell)


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    html, css, painting, viewer = (
        (_FOLDER / name).read_text()
        for name in ("film_viewer.html", "film_viewer.css", "film_painting.js", "film_viewer.js")
    )
    return st.components.v2.component("film_viewer", html=html, css=css, js=painting + viewer)
