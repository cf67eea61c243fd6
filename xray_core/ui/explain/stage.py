"""The film with its evidence, and beside it the answer: what the page is for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.io.film_source import FilmFile
from xray_core.io.orientation import NEGATIVE
from xray_core.reporting.wording import target_of
from xray_core.saliency.regions import Findings, find_evidence
from xray_core.saliency.registry import DEFAULT_METHOD
from xray_core.saliency.targets import PNEUMONIA
from xray_core.types import Analysis
from xray_core.ui.explain import verdict
from xray_core.ui.film_viewer import viewer
from xray_core.ui.film_viewer.scene import Picture, build_scene, explain_scale
from xray_core.ui.shared import cache, state


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the stage shows of a film.

    Attributes
    ----------
    film
    asked
        The analysis as the model gives it; it may be refused.
    analysis
        As it is shown: with the map that the visitor chose, refused only if nobody insists.
    found
        Its regions.
    """

    film: FilmFile
    asked: Analysis
    analysis: Analysis
    found: Findings


def draw(film: FilmFile, classifier: Classifier) -> Shown:
    """Draw film and answer side by side, on a phone one below the other."""
    asked = cache.analyze(film, classifier)
    insisted = asked.prediction.refused and st.session_state.get(verdict.anyway(film), False)
    analysis = asked.ungated() if insisted else asked
    if not analysis.prediction.refused:
        analysis = _explain(film, analysis, classifier)
    shown = Shown(film, asked, analysis, find_evidence(analysis))
    if state.presents():
        st.html('<div class="presenting"></div>')  # for the style sheet
    with st.container(key="stage"):
        picture, card = st.columns([7, 4], gap="small")
        # first what is short: it is there while the film is still encoded and on its way
        with card, st.container(border=True, key="verdict", gap="xsmall"):
            if analysis.prediction.refused:
                verdict.draw_refusal(film, analysis.prediction)
            else:
                verdict.draw(film, analysis, shown.found, classifier, insisted=insisted)
        with picture:
            _draw_film(shown)
    return shown


def _explain(film: FilmFile, analysis: Analysis, classifier: Classifier) -> Analysis:
    """The analysis with the map of the method and for the target that the visitor chose."""
    method = st.session_state.get(state.METHOD) or DEFAULT_METHOD
    target = st.session_state.get(state.TARGET) or PNEUMONIA
    target = target if target in classifier.targets else PNEUMONIA
    if (method, target) == (analysis.explanation.method, analysis.explanation.target):
        return analysis
    with st.spinner("Explaining anew"):
        return replace(analysis, explanation=cache.explain(film, classifier, method, target))


def _draw_film(shown: Shown) -> None:
    film, analysis = shown.film, shown.analysis
    orientation = state.orientation(film)
    if NEGATIVE in analysis.radiograph.notes:  # its pixels are the negative already
        orientation = replace(orientation, inverted=False)
    explanation = analysis.explanation
    refused = analysis.prediction.refused
    viewer.draw(
        build_scene(
            _pictures(shown),
            name=f"{analysis.radiograph.digest} {orientation}",
            lungs=None if refused else analysis.lungs,
            regions=() if refused else shown.found.regions,
            box=None if refused else explanation.box,
            legend=None
            if refused
            else explain_scale(explanation, analysis.lungs, analysis.look.frame),
        ),
        key="film viewer",
        shared=isinstance(film, Sample),
        orientation=orientation,
        on_turn=lambda how: state.turn(film, how),
        presents=state.presents(),
        on_present=state.present,
        on_step=lambda by: state.step(film, by),
    )


def _pictures(shown: Shown) -> Sequence[Picture]:
    name, radiograph = shown.film.name, shown.analysis.radiograph
    film = Picture("Film", radiograph, alt=f"The film {name}")
    if shown.analysis.prediction.refused:
        return (film,)
    explanation = shown.analysis.explanation
    target = target_of(explanation.target)
    alt = (
        f"The film {name} with the evidence for {target} in colour, dark purple where it is weak "
        "and yellow where it is strongest"
    )
    return film, Picture(f"Evidence for {target}", radiograph, explanation, alt)
