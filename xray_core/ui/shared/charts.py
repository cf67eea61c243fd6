"""Drawing figures in the page's own colours."""

# Loaded before plotly asks for it, which takes it from `sys.modules` even while another visit's
# thread has only half loaded it.
import pandas  # noqa: F401
import streamlit as st

from xray_core import theme
from xray_core.reporting.figures import charts

# A chart's text has the page's full contrast; Streamlit's own theme would grey it.
_TEXT = {"light": "#1C2733", "dark": "#E3E8ED"}


def draw(figure, *, key, alt, title=None):
    """Draw a figure of `figures` or `result_figures` under a heading.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
    key : str
        Names the chart on its page.
    alt : str
        What a person who cannot see the chart should know of it.
    title : str, optional
    """
    if title:
        st.header(title, anchor=False)
    _draw(figure, _TEXT.get(st.context.theme.type, _TEXT["light"]), key, alt)


def draw_dark(figure, *, key, alt):
    """Draw a figure on the dark ground of a `lightbox`, whatever the theme."""
    _draw(figure, theme.ON_SURROUND, key, alt)


def _draw(figure, colour, key, alt):
    figure.update_layout(font={"color": colour, "family": "Source Sans, sans-serif", "size": 14})
    st.plotly_chart(figure, theme=None, config=charts.CONFIG, key=key, alt=alt)
