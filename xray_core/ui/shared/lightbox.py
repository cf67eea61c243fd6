"""Films on a dark ground, whatever the theme: bright surroundings hide faint shadows."""

import streamlit as st


def lightbox(name):
    """Return a container that is dark in every theme.

    Parameters
    ----------
    name : str
        Names it on its page.
    """
    return st.container(key=f"lightbox {name}", gap="xsmall")


def draw(jpeg, *, name, alt, caption=""):
    """Draw one film.

    Parameters
    ----------
    jpeg : bytes
    name : str
        Names it on its page.
    alt : str
        What the picture shows, for a person who cannot see it.
    caption : str, optional
        Markdown.
    """
    with lightbox(name):
        st.image(jpeg, width="stretch", alt=alt)
        if caption:
            st.caption(caption)
