"""A thousand children at the threshold and the prevalence that the visitor chose."""

import math

import streamlit as st

from xray_core.evaluation.operating_points import CHILDREN, at_threshold, count_outcomes
from xray_core.inference.model_card import ModelCard, load_evaluation
from xray_core.reporting.figures.population import draw_outcomes
from xray_core.reporting.text.evaluation import describe_outcomes
from xray_core.ui.shared import charts, state


def show(card: ModelCard) -> None:
    """Draw the children below the sliders of `results.show_threshold`, and as these stand."""
    threshold = st.session_state[f"{state.THRESHOLD} {card.name}"] / 100
    prevalence = st.session_state[state.PREVALENCE] / 100
    measured = at_threshold(load_evaluation(card.name, card.home)["films"], threshold, prevalence)
    rates = measured["sensitivity"], measured["specificity"]
    if any(math.isnan(rate) for rate in rates):
        return
    outcomes = count_outcomes(*rates, prevalence)
    words = describe_outcomes(outcomes)
    title = f"{CHILDREN:,} children at this threshold"
    charts.draw(draw_outcomes(outcomes), title=title, alt=words.replace("*", ""))
    st.markdown(words)
    st.caption(
        "As sensitivity and specificity were on the official test, and with the prevalence chosen "
        "above. Where a test errs more often than expected here, as on films from elsewhere, "
        "so it does among these children."
    )
