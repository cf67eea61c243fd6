"""Errors with pictures on any machine: films drawn from the samples, and what the network says."""

from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import open_catalogue
from xray_core.evaluation import drawn_films
from xray_core.evaluation.drawn_films import DrawnFilm, Judged
from xray_core.io.images import encode_jpeg
from xray_core.reporting.text import failures
from xray_core.saliency.overlay import draw_overlay
from xray_core.saliency.placement import saliency_on_film
from xray_core.ui.pages import EXPLAIN
from xray_core.ui.shared import cache, lightbox, state
from xray_core.ui.shared.sources import offer_source


@dataclass(frozen=True, slots=True)
class _Tile:
    """One case as it is shown."""

    title: str
    film: DrawnFilm
    picture: bytes  # the film, and beside it the evidence
    answer: str


def show() -> None:
    """Draw the film of each case that the network gets most wrong, with its evidence."""
    st.header("Drawn films", anchor=False)
    films = drawn_films.list_drawn()
    if not films:
        offer_source(open_catalogue("samples"))
        return
    classifier = cache.classifier()
    tiles = cache.for_visitor(
        classifier, _judge, classifier, classifier.name, classifier.version, films
    )
    st.markdown(
        "**These films are drawn**: sample films with a finding put in, or spoiled, so that there "
        "is something to look at on every machine. The answers are the network's own, given here "
        "and now; the kinds it errs on most come first, and of each kind the film that it gets "
        "most wrong. How often it errs on drawn films says little of how often on real ones."
    )
    with st.grid(2, min_column_width=330, gap="medium"):
        for tile in tiles:
            _draw(tile)


def _draw(tile: _Tile) -> None:
    with st.container(gap="xsmall"):
        lightbox.draw(
            tile.picture,
            name=f"drawn {tile.film.name}",
            alt=f"{tile.title}: the drawn film, and beside it with the evidence for pneumonia",
        )
        st.markdown(f"**{tile.title}.** {tile.film.done} {tile.answer}")
        if st.button("Explain", key=f"explain {tile.film.name}"):
            st.switch_page(EXPLAIN.path, query_params=state.address(tile.film))


@st.cache_data(show_spinner="Drawing films and asking the network about them", max_entries=4)
def _judge(
    _classifier: Classifier, name: str, version: str, _films: tuple[DrawnFilm, ...]
) -> list[_Tile]:
    return [_tile(each) for each in drawn_films.judge(_films, _classifier)]


def _tile(judged: Judged) -> _Tile:
    pixels, explanation = judged.analysis.radiograph.pixels, judged.analysis.explanation
    overlay = draw_overlay(pixels, saliency_on_film(explanation, *pixels.shape))
    return _Tile(
        judged.title,
        judged.film,
        encode_jpeg(np.hstack([cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), overlay])),
        failures.describe_drawn(judged),
    )
