"""The network: its card, its training, its test, its thresholds."""

import streamlit as st

from xray_core.ui.model import card as model_card
from xray_core.ui.model import population, results, worst_errors
from xray_core.ui.pages import WHERE_IT_FAILS
from xray_core.ui.shared import frame

with frame.page("Model"):
    card = results.choose_model()
    test, description, errors, threshold, training, comparison = st.tabs(
        [
            "Test results",
            "Model card",
            "Worst errors",
            "Threshold",
            "Training",
            "Against the baseline",
        ],
        key="view of the model",
        bind="query-params",
    )
    with test, frame.boundary("test results"):
        results.show_test(card)
    with description, frame.boundary("model card"):
        model_card.show(card)
        results.show_probes(card)
    with errors, frame.boundary("worst errors"):
        worst_errors.show(card)
        frame.link(WHERE_IT_FAILS, "Drawn films that it errs on, with their pictures")
    with threshold, frame.boundary("threshold"):
        results.show_threshold(card)
        population.show(card)
    with training, frame.boundary("training"):
        results.show_training(card)
    with comparison, frame.boundary("comparison"):
        results.show_comparison(card)
