"""The zero fitted to the films: what it gains, and the file that carries it to other films."""

import json

import streamlit as st

from xray_core.inference.model_card import ModelCard
from xray_core.inference.site_calibration import site_from
from xray_core.reporting.text.site import describe_calibration
from xray_core.site.calibrate import LONGEST_TITLE
from xray_core.site.visit import SiteFilms
from xray_core.ui.shared import sites, state
from xray_core.ui.shared.foreign import plain


def draw_in_use() -> None:
    """Say what site the visit's answers are calibrated for, and offer the way back."""
    site = sites.site()
    if site is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(f"The answers of this visit are calibrated for **{plain(site.title)}**.")
        if sites.visit_site() is not None:
            st.button("Back to how it was", on_click=sites.apply_site, args=(None,))


def draw(films: SiteFilms, card: ModelCard) -> None:
    """Draw what calibrating on the films is worth, and offer the file and its use."""
    st.header("Fit the zero", anchor=False)
    title = st.text_input(
        "What to call the site",
        max_chars=LONGEST_TITLE,
        placeholder="Answers will say: calibrated for …",
        key=state.SITE_TITLE,
        persist_state="session",
        width=420,
    ).strip()
    site = films.calibrate(card, title)
    st.markdown("\n".join(f"- {plain(text)}" for text in describe_calibration(site)))
    loaded = site_from(site)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Site file",
            json.dumps(site, indent=1, allow_nan=False),
            "site.json",
            "application/json",
            on_click="ignore",
            help="Numbers and the title, no film and no name: for --site of the commands and for "
            "XRAY_SITE of the app.",
        )
        st.button(
            "Use it for this visit",
            type="primary",
            on_click=sites.apply_site,
            args=(loaded,),
            disabled=not loaded.gives_probability,
            help="Explain, Triage and the reports then answer with it, and say so.",
        )
