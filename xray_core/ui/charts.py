"""Drawing figures in the page's own colours, and tables."""

import pandas  # noqa: F401 - plotly asks for it, and must not find it half loaded by `warm`
import streamlit as st

from xray_core import figures, palette
from xray_core.wording import COLUMNS

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
    _draw(figure, palette.ON_SURROUND, key, alt)


def _draw(figure, colour, key, alt):
    figure.update_layout(font={"color": colour, "family": "Source Sans, sans-serif", "size": 14})
    st.plotly_chart(figure, theme=None, config=figures.CONFIG, key=key, alt=alt)


def table(frame, *, alt):
    """Draw a table of counts (whole numbers) and ratios (floats)."""
    formats = {
        name: st.column_config.NumberColumn(
            format="%.2f" if frame[name].dtype.kind == "f" else "localized",
            help=COLUMNS.get(name),
        )
        for name in frame.select_dtypes("number")
    }
    st.dataframe(frame, hide_index=True, column_config=formats, alt=alt)


def long_table(rows, *, alt):
    """Draw rows of text that may be many; a column's title tells its meaning on hover.

    Parameters
    ----------
    rows : sequence of dict of str to object
        Cells by column title, at least one row.
    alt : str
        What the table holds.
    """
    meanings = {name: st.column_config.Column(help=COLUMNS.get(name)) for name in rows[0]}
    st.dataframe(rows, hide_index=True, column_config=meanings, alt=alt)


def small_table(rows, *, alt):
    """Draw a few rows of text, whole on a phone too; what its columns mean stands below on hover.

    Parameters
    ----------
    rows : sequence of dict of str to str
        Cells by column title; Markdown.
    alt : str
        What the table holds.
    """
    st.table(rows, border="horizontal", hide_index=True, alt=alt)
    meanings = [f"- **{name}**: {COLUMNS[name]}" for name in rows[0] if name in COLUMNS]
    if meanings:
        st.caption("What the columns mean", help="\n".join(meanings), width="content")
