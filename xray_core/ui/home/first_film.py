"""The first explained film, one click away, and already in the picture."""

import streamlit as st

from xray_core.io.images import encode_jpeg, fit_within
from xray_core.saliency.overlay import draw_overlay
from xray_core.saliency.placement import saliency_on_film
from xray_core.ui.pages import EXPLAIN
from xray_core.ui.shared import cache, lightbox, state
from xray_core.ui.shared.frame import link

_SIDE = 900


def offer(catalogue):
    """Draw the link that opens the first film's explanation; nothing where the film is not here."""
    sample = _choose(catalogue)
    if sample is not None:
        with st.container(key="first-film"):
            link(EXPLAIN, "Explain a first film", query_params=state.address(sample))


def show(catalogue):
    """Draw the first film with its evidence; nothing where the film is not here."""
    sample = _choose(catalogue)
    if sample is None:
        return
    classifier = cache.classifier()
    lightbox.draw(
        _draw(sample, classifier.name, classifier.version, classifier),
        name="first film",
        alt="A child's chest film on which the evidence for pneumonia glows in one or both lungs",
        caption="Where the evidence for pneumonia lies in one of the sample films.",
    )


def _choose(catalogue):
    return next(iter(catalogue.select(label="PNEUMONIA")), None)


@st.cache_data(show_spinner=False, max_entries=8)
def _draw(sample, model, version, _classifier):
    """Samples are the same for everyone, so is this picture."""
    analysis = _classifier.analyze(sample.open())
    pixels = fit_within(analysis.radiograph.pixels, _SIDE)
    return encode_jpeg(draw_overlay(pixels, saliency_on_film(analysis.explanation, *pixels.shape)))
