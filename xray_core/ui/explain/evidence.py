"""The film with its evidence, to zoom and pan."""

from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.io.film_source import FilmFile
from xray_core.reporting.text import card
from xray_core.reporting.text.regions import list_regions, summarise_evidence, warn
from xray_core.reporting.wording import target_of
from xray_core.saliency.regions import Findings, find_evidence
from xray_core.saliency.registry import LOG_ODDS, METHODS
from xray_core.types import Analysis, Explanation
from xray_core.ui.film_viewer import viewer
from xray_core.ui.film_viewer.scene import Picture, build_scene, explain_scale
from xray_core.ui.pages import HOW_IT_SEES
from xray_core.ui.shared import cache, frame, state, tables


def draw(film: FilmFile, analysis: Analysis, classifier: Classifier) -> tuple[Analysis, Findings]:
    """Draw film and evidence with their controls; returns what is shown, and its regions."""
    with st.container(horizontal=True, gap="medium"):
        target = _choose_target(classifier)
        method = _choose_method()
    if (method, target) != (analysis.explanation.method, analysis.explanation.target):
        with st.spinner("Explaining anew"):
            explanation = cache.explain(film, classifier, method, target)
        analysis = replace(analysis, explanation=explanation)
    radiograph, explanation = analysis.radiograph, analysis.explanation
    found = find_evidence(analysis)
    st.markdown(summarise_evidence(found))
    if warning := warn(found):
        st.warning(warning)
    pictures = (
        Picture("Film", radiograph, alt=f"The film {film.name}"),
        Picture(
            f"Evidence for {target_of(target)}",
            radiograph,
            explanation,
            f"The film {film.name} with the evidence for {target_of(target)} in colour, dark "
            "purple where it is weak and yellow where it is strongest",
        ),
    )
    viewer.draw(
        build_scene(
            pictures,
            name=radiograph.digest,
            lungs=analysis.lungs,
            regions=found.regions,
            box=explanation.box,
            legend=explain_scale(explanation, analysis.lungs, analysis.look.frame),
        ),
        key="film viewer",
    )
    done = METHODS[explanation.method]
    st.caption(
        f"{done.title}. {done.meaning} Colour shows where the evidence lies, not "
        "where a disease ends.",
        help="\n".join(f"- {note}" for note in _explain(explanation)),
    )
    frame.link(HOW_IT_SEES, "How it sees: from the pixels to this answer, step by step →")
    tables.text_table(list_regions(found.regions))
    for note in radiograph.notes:
        st.caption(f"About the file: {note}")
    return analysis, found


def _choose_target(classifier: Classifier) -> str:
    return st.selectbox(
        "Evidence for",
        list(classifier.targets),
        format_func=lambda target: target_of(target).capitalize(),
        key=state.TARGET,
        help="What the evidence speaks for, against all other answers.",
        width=220,
    )


def _choose_method() -> str:
    return st.selectbox(
        "Method",
        list(METHODS),
        format_func=lambda name: METHODS[name].title,
        key=state.METHOD,
        help="The first time, the methods that need gradients take a while. "
        + " ".join(f"{method.title}: {method.meaning}" for method in METHODS.values()),
        width=320,
    )


def _explain(explanation: Explanation) -> Iterator[str]:
    """List what is to be known of the pictures beyond the method."""
    rows, columns = explanation.saliency.shape
    if explanation.positive and METHODS[explanation.method].unit == LOG_ODDS:
        yield (
            "The legend's log-odds count only what speaks for the answer, so they do not add up to "
            "the score, in which what speaks against it counts too."
        )
    yield f"The map's own {rows} × {columns} cells are enlarged to the film."
    yield card.describe_lungs(cache.lungs_card())
    yield "Drag to pan; click the film, then scroll to zoom; double-click to see the whole film."
