"""Errors, films from elsewhere, shortcuts: what was measured, and what it means."""

import streamlit as st

from xray_core.ui.model import worst_errors
from xray_core.ui.shared import cache, frame
from xray_core.ui.where_it_fails import drawn, failures

with frame.page(
    "Where it fails",
    "A demonstrator that shows only its best films teaches nothing. Here are the worst.",
):
    card = cache.card()
    st.caption(f"The model **{card.title}**; another one is chosen on the page Model.")
    with frame.boundary("errors"):
        failures.show_errors(card)
    st.header("Its surest errors", anchor=False)
    with frame.boundary("worst errors"):
        worst_errors.show(card)
    drawn_errors = st.container()
    with frame.boundary("kinds"):
        failures.show_kinds(card)
    with frame.boundary("elsewhere"):
        failures.show_elsewhere(card)
    with frame.boundary("shortcuts"):
        failures.show_shortcuts(card)
    # Asked last, so that the rest of the page does not wait for it.
    with drawn_errors, frame.boundary("drawn films"):
        drawn.show()
