"""Everything else about one film's answer, for those who want it: a tab for each question."""

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.ui.explain import answer, checks, evidence, side_by_side, take_away, what_if
from xray_core.ui.explain.stage import Shown
from xray_core.ui.shared.frame import boundary

PARTS = {
    "The answer": answer.draw,
    "The evidence": evidence.draw,
    "Check this map": checks.draw,
    "Side by side": side_by_side.draw,
    "What if": what_if.draw,
    "Take it with you": take_away.draw,
}
KEY = "details"


def draw(shown: Shown, classifier: Classifier) -> None:
    """Draw the tabs; what stands in one is worked out when it is opened."""
    st.header("Details", anchor=False)
    tabs = st.tabs(list(PARTS), key=KEY, on_change="rerun")
    for tab, (title, draw_part) in zip(tabs, PARTS.items(), strict=True):
        if tab.open:
            with tab, boundary(title):
                draw_part(shown, classifier)
