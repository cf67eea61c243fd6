"""The film with its evidence, to zoom, pan and take home."""

import streamlit as st

from xray_core import viewer
from xray_core.overlay import draw_overlay, encode_jpeg, encode_png, fit_within, outline
from xray_core.saliency import saliency_on_film
from xray_core.ui import state
from xray_core.wording import METHODS

# No side of a picture is sent longer than this; a screen shows no more of it.
_SCREEN = 1400


def draw(film, analysis):
    """Draw film and evidence side by side with their controls, and the download."""
    radiograph, explanation = analysis.radiograph, analysis.explanation
    evidence = float(explanation.saliency.max())
    alpha, lungs, view = _draw_controls(evidence)
    pictures = (
        viewer.Picture("Film", encode_jpeg(fit_within(radiograph.pixels, _SCREEN))),
        viewer.Picture("Evidence for pneumonia", encode_jpeg(_overlay(analysis, alpha))),
    )
    with st.container(key="viewer"):
        st.plotly_chart(
            viewer.film_viewer(
                pictures,
                radiograph.width,
                radiograph.height,
                outlines=_outlines(analysis) if lungs else (),
                view=explanation.view if view else None,
                evidence=evidence or None,
                stacked=_on_phone(),
            ),
            theme=None,
            config=viewer.CONFIG,
            key=f"film {radiograph.digest[:16]}",
            alt=_describe(film, analysis),
        )
    st.caption(_explain(explanation))
    st.download_button(
        "Download the overlay as PNG",
        data=lambda: encode_png(_overlay(analysis, alpha, full_size=True)),
        file_name=f"{film.name.rsplit('.', 1)[0]}-evidence.png",
        mime="image/png",
        on_click="ignore",
    )
    for note in radiograph.notes:
        st.caption(f"About the file: {note}")


def _draw_controls(evidence):
    if evidence == 0:
        st.info("No positive evidence: nothing in this film speaks for pneumonia to the model.")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        alpha = st.slider(
            "Strength of the colours (alpha)",
            **{"min_value": 0, "max_value": 100, "value": 50, "step": 5, "format": "%d%%"},
            key=state.ALPHA,
            persist_state="session",
            disabled=evidence == 0,
            width=320,
        )
        lungs = st.toggle("Outline the lungs", key=state.LUNGS, persist_state="session")
        view = st.toggle("Frame what the network saw", key=state.VIEW, persist_state="session")
    return alpha / 100, lungs, view


def _overlay(analysis, alpha, full_size=False):
    pixels = analysis.radiograph.pixels
    shown = pixels if full_size else fit_within(pixels, _SCREEN)
    return draw_overlay(shown, saliency_on_film(analysis.explanation, *shown.shape), alpha)


def _outlines(analysis):
    film = analysis.radiograph
    return outline(analysis.lungs.mask, film.height, film.width)


def _on_phone():
    """Whether the browser says it is a phone; two films side by side would be too small there."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def _describe(film, analysis):
    return (
        f"The film {film.name} and beside it the same film with the evidence for pneumonia in "
        "colour, dark purple where it is weak and yellow where it is strongest"
    )


def _explain(explanation):
    rows, columns = explanation.saliency.shape
    return (
        f"{METHODS[explanation.method]}: colour shows where the evidence lies, not where a "
        f"disease ends. The map's own {rows} × {columns} cells are enlarged to the film. "
        "Drag to pan, scroll to zoom, double-click to see the whole film."
    )
