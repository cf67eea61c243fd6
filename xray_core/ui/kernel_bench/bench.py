"""One convolution by hand: a kernel that is moved over a film, in the browser."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

_FOLDER = Path(__file__).parent


def draw(grey: np.ndarray, kernels: Mapping[str, np.ndarray], *, key: str) -> None:
    """Draw the bench; it computes in the browser, and every number of the kernel can be changed.

    Parameters
    ----------
    grey : uint8, (side, side)
        The film; the numbers shown are these.
    kernels : float, (3, 3)
        What there is to choose from, by title; the first is shown.
    """
    data = {
        "side": len(grey),
        "film": base64.b64encode(grey.astype(np.uint8).tobytes()).decode(),
        "kernels": [
            {"title": title, "values": np.round(kernel, 2).ravel().tolist()}
            for title, kernel in kernels.items()
        ],
    }
    _component()(key=key, data=[data])


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    html, css, js = (
        (_FOLDER / f"kernel_bench.{kind}").read_text() for kind in ("html", "css", "js")
    )
    return st.components.v2.component("kernel_bench", html=html, css=css, js=js)
