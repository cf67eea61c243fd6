"""Drawing figures in the page's own colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Loaded before plotly asks for it, which takes it from `sys.modules` even while another visit's
# thread has only half loaded it.
import pandas  # noqa: F401
import streamlit as st

from xray_core import theme
from xray_core.reporting.figures import charts

if TYPE_CHECKING:
    import plotly.graph_objects as go

# A chart's text has the page's full contrast; Streamlit's own theme would grey it.
_TEXT = {"light": "#1C2733", "dark": "#E3E8ED"}


def draw(
    figure: go.Figure, *, alt: str, title: str = "", key: str = "", dark: bool = False
) -> None:
    """Draw a figure.

    Parameters
    ----------
    alt
        What a person who cannot see the chart should know of it.
    title
        Of a heading above it.
    key
        Names the chart on its page; its title by default.
    dark
        Whether it lies on the dark ground of a `lightbox`, whatever the theme.
    """
    if title:
        st.header(title, anchor=False)
    colour = theme.ON_SURROUND if dark else _TEXT.get(st.context.theme.type or "", _TEXT["light"])
    figure.update_layout(font={"color": colour, "family": "Source Sans, sans-serif", "size": 14})
    st.plotly_chart(figure, theme=None, config=charts.CONFIG, key=key or title, alt=alt)
