"""The answer to one film: the decision in words, the probability on a scale, the caveats."""

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.inference.decision import decide
from xray_core.inference.model_card import ModelCard
from xray_core.io.film_source import FilmFile
from xray_core.reporting.figures.probability_scale import probability_scale
from xray_core.reporting.wording import (
    DECISIONS,
    answer,
    class_shares,
    percent,
    truth_of,
    verdict,
)
from xray_core.types import Analysis, OperatingPoint
from xray_core.ui.shared import cache, state, tables


def analyze(film: FilmFile, classifier: Classifier) -> Analysis:
    """Analyze a film; for a refused one the visitor may insist on an answer."""
    analysis = cache.analyze(film, classifier)
    if not analysis.prediction.refused:
        return analysis
    with st.container(border=True):
        st.header(DECISIONS["refused"], anchor=False)
        st.markdown("This does not look like a film the model may judge:")
        st.markdown("\n".join(f"- {reason}" for reason in analysis.prediction.reasons))
    if not st.toggle("Show me what the model would say anyway", key=f"anyway {film.name}"):
        return analysis
    st.warning(
        "Shown although the model refused this film: the answer and the map below mean nothing "
        "for it."
    )
    return analysis.ungated()


def draw(film: FilmFile, analysis: Analysis, card: ModelCard) -> None:
    """Draw the answer at the operating point that the visitor chooses."""
    prediction = analysis.prediction
    if prediction.refused:
        return
    with st.container(border=True):
        words, numbers = st.columns([2, 3], vertical_alignment="center", gap="medium")
        with numbers:
            scale = st.container()
            point = _choose_operating_point(card)
        _, decision = decide(prediction.probability, point, card.uncertain)
        scale.html(probability_scale(prediction.probability, point, card.uncertain))
        with words:
            st.header(DECISIONS[decision], anchor=False)
            st.markdown(answer(prediction, decision, point))
            if isinstance(film, Sample):
                truth = truth_of(film.label, film.subtype)
                st.markdown(f"True label: **{truth}** – {verdict(decision, film.label)}.")
            st.caption(class_shares(prediction))
    for reason in prediction.reasons:
        st.warning(reason)


def draw_overview(classifier: Classifier) -> None:
    """List the answers to all uploaded films where there are several."""
    films = state.uploads().values()
    if len(films) < 2:
        return
    with st.spinner("Reading the films"):
        predictions = [(film.name, cache.predict(film, classifier)) for film in films]
    with st.expander(f"All {len(films)} films", expanded=True):
        tables.long_table(
            [
                {
                    "Film": name,
                    "Answer": DECISIONS[prediction.decision],
                    "Probability of pneumonia": percent(prediction.probability),
                    "Remarks": " ".join(prediction.reasons),
                }
                for name, prediction in predictions
            ],
            alt="The model's answer to each uploaded film, at its own operating point",
        )


def _choose_operating_point(card: ModelCard) -> OperatingPoint:
    points = {point.name: point for point in card.operating_points}
    name = st.selectbox(
        "Operating point",
        list(points),
        index=list(points).index(card.default_operating_point.name),
        format_func=lambda name: f"{name.capitalize()}, from {percent(points[name].threshold)}",
        key=f"{state.OPERATING_POINT} {card.name}",
        persist_state="session",
        help="From which probability on a film is called pneumonia. "
        + " ".join(f"{point.name.capitalize()}: {point.meaning}" for point in points.values()),
    )
    return points[name]
