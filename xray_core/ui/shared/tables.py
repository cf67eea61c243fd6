"""Tables, with what their columns mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from xray_core.reporting.wording import COLUMNS

if TYPE_CHECKING:
    from pandas import DataFrame


def table(frame: "DataFrame", *, alt: str) -> None:
    """Draw a table of counts (whole numbers) and ratios (floats)."""
    formats = {
        name: st.column_config.NumberColumn(
            format="%.2f" if frame[name].dtype.kind == "f" else "localized",
            help=COLUMNS.get(name),
        )
        for name in frame.select_dtypes("number")
    }
    st.dataframe(frame, hide_index=True, column_config=formats, alt=alt)


def long_table(rows: Sequence[Mapping[str, Any]], *, alt: str) -> None:
    """Draw rows of text that may be many; a column's title tells its meaning on hover."""
    meanings = {name: st.column_config.Column(help=COLUMNS.get(name)) for name in rows[0]}
    st.dataframe(rows, hide_index=True, column_config=meanings, alt=alt)


def table_to_choose_from(rows: Sequence[Mapping[str, Any]], *, key: str, alt: str) -> int | None:
    """Draw rows of text, and return the one that was clicked in this run, if any."""

    def note() -> None:
        cells = st.session_state[key].selection.cells
        st.session_state[f"{key} clicked"] = cells[0][0] if cells else None

    st.dataframe(
        rows,
        hide_index=True,
        alt=alt,
        key=key,
        on_select=note,
        selection_mode="single-cell",
        column_config={name: st.column_config.Column(help=COLUMNS.get(name)) for name in rows[0]},
    )
    return st.session_state.pop(f"{key} clicked", None)


def small_table(rows: Sequence[Mapping[str, str]], *, alt: str, title: str = "") -> None:
    """Draw a few rows of Markdown, whole on a phone too; what columns mean stands below on hover.

    Nothing, not even the title, where there are no rows.
    """
    if not rows:
        return
    if title:
        st.header(title, anchor=False)
    st.table(rows, border="horizontal", hide_index=True, alt=alt)
    _explain_columns(rows[0])


def text_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw a few rows at once, in Markdown: the others wait for pandas and for the browser."""
    if not rows:
        return
    lines = (rows[0], ["---"] * len(rows[0]), *(row.values() for row in rows))
    st.markdown("\n".join(f"| {' | '.join(map(str, cells))} |" for cells in lines))
    _explain_columns(rows[0])


def _explain_columns(titles: Iterable[str]) -> None:
    """Tell on hover what columns mean whose title does not say it all."""
    meanings = [f"- **{title}**: {COLUMNS[title]}" for title in titles if title in COLUMNS]
    if meanings:
        st.caption("What the columns mean", help="\n".join(meanings), width="content")
