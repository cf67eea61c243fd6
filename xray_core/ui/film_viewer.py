"""The film viewer as a part of a page: it runs in the browser and asks nothing outside."""

from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent


def draw(view, *, key, on_place=None):
    """Draw what `xray_core.viewer.film_view` gathered.

    Parameters
    ----------
    view : dict
    key : str
        Names the viewer on its page.
    on_place : callable, optional
        Told, before the page runs again, the place that the visitor clicked: x and y as shares of
        the film's width and height.
    """

    def tell():
        place = st.session_state[key].place
        if place and on_place:
            on_place(place["x"], place["y"])

    # In a list: a dict's values Streamlit would ask whether they are data frames, with pandas.
    _component()(key=key, data=[view], on_place_change=tell)


@st.cache_resource(show_spinner=False)
def _component():
    parts = {kind: (_FOLDER / f"film_viewer.{kind}").read_text() for kind in ("html", "css", "js")}
    return st.components.v2.component("film_viewer", **parts)
