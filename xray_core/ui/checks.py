"""The checks of one film's map, made when the visitor opens them."""

import streamlit as st

from xray_core.check_text import judge_curves, judge_stability, list_fills
from xray_core.saliency.targets import NORMAL
from xray_core.ui import cache, tables

MEANING = (
    "Taking away: the places of most evidence are replaced by the mean normal film first; a good "
    "map makes the probability fall early. Putting in: they are put into the mean normal film "
    "first; a good map makes it rise early. Random maps show what chance does."
)


def draw(film, analysis, classifier):
    """Draw the checks of the map that is shown."""
    opened = st.expander("Check this map", key="checks", on_change="rerun")
    if not opened.open:
        return
    # With pandas, which the answer need not wait for.
    from xray_core import check_figures
    from xray_core.ui import charts

    with opened:
        if analysis.explanation.target == NORMAL:
            st.info(
                "The checks replace evidence by normal lung, which takes no evidence for normal "
                "away: choose pneumonia or a kind of it above."
            )
            return
        with st.spinner("Asking the network about two hundred times"):
            curves, filled, stability = cache.check(film, analysis, classifier)
        st.markdown(judge_curves(curves))
        st.markdown(
            "**The network's probability while more and more of the lungs is taken away or put in, "
            "most evidence first**"
        )
        charts.draw(
            check_figures.deletion_and_insertion(curves),
            key="deletion and insertion",
            alt=judge_curves(curves),
        )
        st.caption(MEANING)
        if filled:
            st.markdown("**If the regions were not there**")
            tables.small_table(
                list_fills(filled, analysis.prediction.score, classifier.probability),
                alt="The probability of pneumonia with the regions filled in two ways, and with as "
                "much of the lungs filled at random",
            )
        st.markdown("**If the film were shifted**")
        st.markdown(judge_stability(stability, classifier.probability))
