"""All methods, or all classes, side by side, and whether they agree."""

import math

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.reporting.text.checks import judge_agreement
from xray_core.reporting.wording import target_of
from xray_core.saliency.agreement import compare
from xray_core.saliency.overlay import draw_overlay
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.registry import METHODS
from xray_core.types import Analysis, Explanation
from xray_core.ui.explain.stage import Shown
from xray_core.ui.shared import cache

_SIDE = 480  # no side of a small picture is longer
_BY_METHOD, _BY_CLASS = "Methods", "Classes"


def draw(stage: Shown, classifier: Classifier) -> None:
    """Draw the maps of one film by every method, or for every class."""
    film, analysis = stage.film, stage.analysis
    by = st.segmented_control(
        "Compare", [_BY_METHOD, _BY_CLASS], default=_BY_METHOD, key="compare maps by"
    )
    shown = analysis.explanation
    if by == _BY_CLASS:
        asked = [(shown.method, target) for target in classifier.targets]
        st.caption(
            "Each map shows what speaks for one answer against all others. Evidence for normal "
            "is evidence against pneumonia: what is left out of the one is in the other."
        )
    else:
        more = st.toggle(
            "Also the methods that need gradients",
            key="gradient methods",
            help="They load TensorFlow: the first time this takes some ten seconds.",
        )
        methods = [one for one in METHODS.values() if more or not one.needs_gradients]
        asked = [(method.name, shown.target) for method in methods]
    with st.spinner("Explaining in every way"):
        explained = [
            shown if one == (shown.method, shown.target) else cache.explain(film, classifier, *one)
            for one in asked
        ]
    # for a model without averaged normal films two methods are one
    explanations = {(one.method, one.target): one for one in explained}.values()
    agreements = compare([shown, *explanations], analysis.lungs)
    compared = list(zip(explanations, agreements, strict=True))
    if by == _BY_METHOD:
        others = [overlap for one, (_, overlap) in compared if one is not shown]
        st.markdown(judge_agreement(others))
    with st.grid(3, min_column_width=220):
        for one in compared:
            with st.container():
                _draw_map(analysis, *one, by == _BY_CLASS)
    st.caption(
        "Agreement is with the map above, within the lungs: rank correlation (1 is the same "
        "order of places, 0 none), and the overlap of the tenth of the lungs with most evidence"
        " (two random maps overlap by about 5%)."
    )


def _draw_map(
    analysis: Analysis, explanation: Explanation, agreement: tuple[float, float], by_class: bool
) -> None:
    film = fit_within(analysis.radiograph.pixels, _SIDE)
    method = METHODS[explanation.method]
    title = target_of(explanation.target).capitalize() if by_class else method.title
    st.markdown(f"**{title}**")
    placed = saliency_on_film(explanation, *film.shape)
    st.image(
        encode_jpeg(draw_overlay(film, placed, 0.5 * explanation.positive)),
        alt=f"The film with the evidence for {target_of(explanation.target)} by "
        f"{method.title} in colour",
        width="stretch",
    )
    words = "" if by_class else method.meaning + " "
    if not explanation.positive:
        words += "No positive evidence. "
    shown = explanation is analysis.explanation
    st.caption(words + ("This is the map above." if shown else _agree(*agreement)))


def _agree(rank: float, overlap: float) -> str:
    if math.isnan(rank):
        return "A flat map agrees with nothing."
    return f"Rank correlation {rank:.2f}, overlap {overlap:.0%}."
