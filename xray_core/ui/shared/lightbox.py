"""Films on a dark ground, whatever the theme: bright surroundings hide faint shadows."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def lightbox(name: str) -> DeltaGenerator:
    """A container that is dark in every theme; ``name`` names it on its page."""
    return st.container(key=f"lightbox {name}", gap="xsmall")


def draw(jpeg: bytes, *, name: str, alt: str, caption: str = "") -> None:
    """Draw one film; ``alt`` says what it shows to a person who cannot see it."""
    with lightbox(name):
        st.image(jpeg, width="stretch", alt=alt)
        if caption:
            st.caption(caption)
