"""The first explained film, one click away, and already in the picture."""

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.io.images import encode_jpeg
from xray_core.saliency.annotation import annotate
from xray_core.ui.pages import EXPLAIN
from xray_core.ui.shared import cache, lightbox, state
from xray_core.ui.shared.frame import link

_SIDE = 900


def offer() -> None:
    """Draw the links to a first film's explanation, where it is here, and to one's own."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if sample := state.first_film():
            with st.container(key="first-film", width="content"):
                link(EXPLAIN, "Explain a first film", query_params=state.address(sample))
        link(EXPLAIN, "Explain your own film")


def show() -> None:
    """Draw the first film with its evidence; nothing where the film is not here."""
    if sample := state.first_film():
        classifier = cache.classifier()
        lightbox.draw(
            cache.for_visitor(
                classifier, _draw, sample, classifier.name, classifier.version, classifier
            ),
            name="first film",
            alt="A child's chest film with the evidence for pneumonia glowing in one or both lungs",
            caption="Where the evidence for pneumonia lies in one of the sample films.",
        )


@st.cache_data(show_spinner=False, max_entries=8)
def _draw(sample: Sample, model: str, version: str, _classifier: Classifier) -> bytes:
    """Samples are the same for everyone, so is this picture."""
    analysis = _classifier.analyze(sample.open())
    return encode_jpeg(annotate(analysis, longest_side=_SIDE))
