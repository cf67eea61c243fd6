"""The checks of one film's map, made when the visitor asks for them."""

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.reporting.text.checks import (
    explain_curves,
    judge_curves,
    judge_fills,
    judge_stability,
    list_fills,
)
from xray_core.reporting.wording import target_of
from xray_core.ui.explain.stage import Shown
from xray_core.ui.shared import cache, tables


def draw(shown: Shown, classifier: Classifier) -> None:
    """Draw the checks of the map that is shown."""
    film, analysis, regions = shown.film, shown.analysis, shown.found.regions
    # With pandas, which the answer need not wait for.
    from xray_core.reporting.figures import checks
    from xray_core.ui.shared import charts

    with st.spinner("Asking the network about two hundred times"):
        curves, filled, stability = cache.check(film, analysis, regions, classifier)
    st.markdown(judge_curves(curves))
    target = analysis.explanation.target
    st.markdown(
        f"**The network's probability of {target_of(target)} while more and more of the lungs "
        "is taken away or put in, most evidence first**"
    )
    figure = checks.deletion_and_insertion(curves)
    charts.draw(figure, key="deletion and insertion", alt=judge_curves(curves))
    st.caption(explain_curves(target))
    if filled:
        st.markdown("**If what is coloured were not there**")
        st.markdown(judge_fills(filled, target))
        tables.small_table(
            list_fills(filled, analysis.prediction.score, classifier.probability),
            alt="The probability of pneumonia with what is coloured filled in two ways, and with "
            "as much of the lungs filled at random",
        )
    st.markdown("**If the film were shifted**")
    st.markdown(judge_stability(stability, classifier.probability))
