"""What other pages will need, loaded while the visitor looks at the first."""

import importlib
import threading

import streamlit as st

# Half a second together, and on the way to the first explained film.
_LATER = ("pandas", "pyarrow", "plotly.graph_objects")


@st.cache_resource(show_spinner=False)
def start():
    """Import what other pages need in the background, once for the server; returns the thread."""
    thread = threading.Thread(target=_load, name="warm", daemon=True)
    thread.start()
    return thread


def _load():
    for name in _LATER:
        importlib.import_module(name)
