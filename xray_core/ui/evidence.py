"""The film with its evidence, to zoom and pan."""

from dataclasses import replace

import streamlit as st

from xray_core import viewer
from xray_core.overlay import draw_overlay, encode_jpeg, fit_within, outline
from xray_core.regions import describe_regions
from xray_core.saliency import saliency_on_film
from xray_core.saliency.methods import LIGHT
from xray_core.ui import cache, regions, state
from xray_core.wording import METHOD_MEANINGS, METHODS

# No side of a picture is sent longer than this; a screen shows no more of it.
_SCREEN = 1400


def draw(film, analysis, classifier):
    """Draw film and evidence side by side with their controls; returns the Analysis shown."""
    method = _choose_method(analysis.explanation.method)
    if method != analysis.explanation.method:
        with st.spinner("Explaining by another method"):
            analysis = replace(analysis, explanation=cache.explain(film, classifier, method))
    radiograph, explanation = analysis.radiograph, analysis.explanation
    found, sentence = describe_regions(analysis)
    st.markdown(sentence)
    evidence = float(explanation.saliency.max()) * explanation.positive
    alpha, lungs, view, numbered = _draw_controls(evidence)
    alpha *= explanation.positive
    pictures = (
        viewer.Picture("Film", encode_jpeg(fit_within(radiograph.pixels, _SCREEN))),
        viewer.Picture("Evidence for pneumonia", encode_jpeg(_overlay(analysis, alpha))),
    )
    with st.container(key="viewer"):
        figure = viewer.film_viewer(
            pictures,
            radiograph.width,
            radiograph.height,
            outlines=_outlines(analysis) if lungs else (),
            view=explanation.view if view else None,
            evidence=evidence if evidence and explanation.method in LIGHT else None,
            stacked=_on_phone(),
        )
        if numbered:
            regions.draw_outlines(figure, found, radiograph.width, radiograph.height, len(pictures))
        st.plotly_chart(
            figure,
            theme=None,
            config=viewer.CONFIG,
            key=f"film {radiograph.digest[:16]}",
            alt=_describe(film, analysis),
        )
    st.caption(_explain(explanation))
    regions.draw_list(found)
    for note in radiograph.notes:
        st.caption(f"About the file: {note}")
    return analysis


def _draw_controls(evidence):
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
        numbered = st.toggle("Number the regions", key=state.REGIONS, persist_state="session")
    return alpha / 100, lungs, view, numbered


def _choose_method(default):
    methods = [default, *(method for method in METHODS if method != default)]
    return st.selectbox(
        "Method",
        methods,
        format_func=METHODS.get,
        key=state.METHOD,
        help="The first time, the methods that need gradients take a while. "
        + " ".join(f"{METHODS[method]}: {METHOD_MEANINGS[method]}" for method in methods),
        width=320,
    )


def _overlay(analysis, alpha):
    shown = fit_within(analysis.radiograph.pixels, _SCREEN)
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
        f"{METHODS[explanation.method]}. {METHOD_MEANINGS[explanation.method]} Colour shows where "
        "the evidence lies, not where a disease ends. "
        f"The map's own {rows} × {columns} cells are enlarged to the film. "
        "Drag to pan, scroll to zoom, double-click to see the whole film."
    )
