"""All methods or all classes side by side, and whether they agree; or a normal film beside it."""

import math

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import open_catalogue
from xray_core.reporting.text.checks import judge_agreement
from xray_core.reporting.wording import target_of
from xray_core.saliency.agreement import compare
from xray_core.saliency.annotation import small_overlay
from xray_core.saliency.registry import METHODS, full_colour
from xray_core.types import Analysis, Explanation
from xray_core.ui.explain.stage import Shown
from xray_core.ui.shared import cache
from xray_core.ui.shared.choice import choose_one

_BY_METHOD, _BY_CLASS, _NORMAL = "Methods", "Classes", "A normal film"
_NO_ADULT = (
    "There is no adult's normal film among the samples, and a child's would not be like it: open "
    "one of your own under *Your films* and compare at the legend, whose scale is the same."
)


def draw(stage: Shown, classifier: Classifier) -> None:
    """Draw the maps of one film by every method or for every class, or beside a normal film's."""
    by = choose_one(
        "Compare", (_BY_METHOD, _BY_CLASS, _NORMAL), key="compare maps by", in_address=False
    )
    if by == _NORMAL:
        _draw_normal(stage, classifier)
    else:
        _draw_maps(stage, classifier, by)


def _draw_normal(stage: Shown, classifier: Classifier) -> None:
    """Draw the same map, on the same scale, of a normal film of like age and projection."""
    analysis, shown = stage.analysis, stage.analysis.explanation
    if analysis.prediction.quality.kind == "adult":
        st.info(_NO_ADULT)
        return
    catalogue = open_catalogue("samples")
    normals = (one for one in catalogue.samples if one.label == "NORMAL" and one != stage.film)
    if (normal := next(normals, None)) is None:
        st.info(catalogue.note)
        return
    other = cache.analyze(normal, classifier)
    explanation = cache.explain(normal, classifier, shown.method, shown.target)
    scale, target = full_colour(shown), target_of(shown.target)
    with st.grid(2, min_column_width=220):
        for title, radiograph, one in (
            ("This film", analysis.radiograph, shown),
            ("A normal film", other.radiograph, explanation),
        ):
            with st.container():
                st.markdown(f"**{title}**")
                alt = f"{title} with the evidence for {target}"
                st.image(small_overlay(radiograph.pixels, one, scale), alt=alt, width="stretch")
                most = one.saliency.max() / scale if one.positive and scale else 0
                st.caption(f"The strongest evidence for {target} reaches {most:.0%} of the scale.")
    st.caption(
        "The same method and one scale for both; the last colour is what it is on the film above. "
        "The normal film is of a child of one to five years, AP, as all samples are."
    )


def _draw_maps(stage: Shown, classifier: Classifier, by: str) -> None:
    film, analysis = stage.film, stage.analysis
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
                _describe_map(analysis, *one, by == _BY_CLASS)
    st.caption(
        "Agreement is with the map above, within the lungs: rank correlation (1 is the same "
        "order of places, 0 none), and the overlap of the tenth of the lungs with most evidence"
        " (two random maps overlap by about 5%)."
    )


def _describe_map(
    analysis: Analysis, explanation: Explanation, agreement: tuple[float, float], by_class: bool
) -> None:
    method, target = METHODS[explanation.method], target_of(explanation.target)
    st.markdown(f"**{target.capitalize() if by_class else method.title}**")
    alt = f"The film with the evidence for {target} by {method.title} in colour"
    st.image(small_overlay(analysis.radiograph.pixels, explanation), alt=alt, width="stretch")
    words = "" if by_class else method.meaning + " "
    if not explanation.positive:
        words += "No positive evidence. "
    shown = explanation is analysis.explanation
    st.caption(words + ("This is the map above." if shown else _agree(*agreement)))


def _agree(rank: float, overlap: float) -> str:
    if math.isnan(rank):
        return "A flat map agrees with nothing."
    return f"Rank correlation {rank:.2f}, overlap {overlap:.0%}."
