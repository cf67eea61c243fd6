"""The card beside the film: the caveat that matters, the answer, the probability on its scale."""

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.evaluation.drawn_films import DrawnFilm
from xray_core.inference.decision import decide
from xray_core.inference.model_card import ModelCard
from xray_core.io.film_source import FilmFile
from xray_core.reporting.figures.probability_scale import probability_scale
from xray_core.reporting.text.caveats import list_caveats
from xray_core.reporting.text.checks import judge_support
from xray_core.reporting.text.regions import summarise_evidence
from xray_core.reporting.wording import COLUMNS, DECISIONS, percent, truth_of, verdict
from xray_core.saliency.regions import Findings
from xray_core.types import Analysis, OperatingPoint, Prediction
from xray_core.ui.shared import cache, model_choice, state


def draw(
    film: FilmFile, analysis: Analysis, found: Findings, classifier: Classifier, *, insisted: bool
) -> None:
    """Draw the answer at the operating point that the visitor chose."""
    card, prediction = classifier.card, analysis.prediction
    point = operating_point(card)
    _, decision = decide(prediction.probability, point, card.uncertain)
    first, *_ = list_caveats(
        prediction, found, decision, point, insisted=insisted, films=cache.tested_films(card)
    )
    (st.warning if first.serious else st.caption)(first.text)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(DECISIONS[decision], anchor=False, width="content")
        st.markdown(f"**{percent(prediction.probability)}** pneumonia", width="content")
        if card.home_made:
            st.badge(model_choice.HOME_MADE, color="gray")
    st.html(probability_scale(prediction.probability, point, card.uncertain))
    st.markdown(summarise_evidence(found), help=COLUMNS["Share of the evidence"])
    if worth := describe_support(film, analysis, found, classifier):
        st.markdown(worth)
    if isinstance(film, Sample):
        truth = truth_of(film.label, film.subtype)
        st.markdown(f"True label: **{truth}** – {verdict(decision, film.label)}.")
        if isinstance(film, DrawnFilm):
            st.caption(film.done)
    if insisted:
        _insist(film)


def describe_support(
    film: FilmFile, analysis: Analysis, found: Findings, classifier: Classifier
) -> str:
    """Whether the answer, at the operating point that the visitor chose, rests on its map."""
    card = classifier.card
    return judge_support(
        cache.support(film, analysis, found.regions, classifier),
        found,
        analysis.prediction.probability,
        operating_point(card),
        card.uncertain,
    )


def draw_refusal(film: FilmFile, prediction: Prediction) -> None:
    """Say why there is no answer, and what can be done about it."""
    st.header(DECISIONS["refused"], anchor=False)
    st.markdown("This does not look like a film the model may judge:")
    st.markdown("\n".join(f"- {reason}" for reason in prediction.reasons))
    st.caption(
        "If it lies on its side or is a negative, turn it with the buttons at the film: it is "
        "judged again as it then stands."
    )
    _insist(film)


def anyway(film: FilmFile) -> str:
    """The key of what says that the visitor wants an answer for a refused film."""
    return f"anyway {state.digest(film)}"


def operating_point(card: ModelCard) -> OperatingPoint:
    """The operating point that the visitor chose, or the model's own."""
    chosen = st.session_state.get(f"{state.OPERATING_POINT} {card.name}", "")
    named = {point.name: point for point in card.operating_points}
    return named.get(chosen, card.default_operating_point)


def _insist(film: FilmFile) -> None:
    st.toggle("Show me what the model would say anyway", key=anyway(film))
