"""What an address says of a visit: the sample film, the model, what opens the visitor's trainings.

Never anything of an upload.
"""

from __future__ import annotations

import streamlit as st

from xray_core.datasets.catalogue import Sample
from xray_core.ui.pages import TRIAGE, Page
from xray_core.ui.shared import model_choice, state, trainings


def follow() -> list[str]:
    """Take up what the address names; returns what of it is not here, in words."""
    problems = []
    if not trainings.follow():
        problems.append(
            "The trainings that this address opened are no longer kept, and their networks are "
            "gone with them: train anew on the page Train it yourself."
        )
        if model_choice.chosen() not in model_choice.at_hand():
            model_choice.forget()
    named = st.query_params.get(state.MODEL)
    if named is not None and named not in model_choice.at_hand():
        problems.append(
            "The model that the address names is not here: the answers are those of another, named "
            "at the foot of each answer."
        )
    wanted = st.query_params.get("film")
    if wanted is not None and not _show(wanted):
        problems.append(
            "The film that the address names is not among the films at hand: choose another, or "
            "fetch its source on the page Data set."
        )
    return problems


def query(page: Page) -> dict[str, str]:
    """The query parameters that a link to a page carries, so that a reload loses nothing.

    A pile of films has none of its own: Triage is told no film.
    """
    told: dict[str, str] = {}
    film, model = state.current_film(), model_choice.chosen()
    if isinstance(film, Sample) and page != TRIAGE:
        told |= state.address(film)
    if model is not None:
        told[state.MODEL] = model
    if state.TRAINING in st.session_state:
        told[state.TRAINING] = st.session_state[state.TRAINING]
    return told


def keep(page: Page) -> None:
    """Make the address say what a link to this page would."""
    told = query(page)
    for name in ("film", state.MODEL, state.TRAINING):
        if name in told and st.query_params.get(name) != told[name]:
            st.query_params[name] = told[name]
        elif name not in told and name in st.query_params:
            del st.query_params[name]


def _show(wanted: str) -> bool:
    """Open the sample that an address names; False where it is not here."""
    source = wanted.partition("/")[0]
    for sample in state.films_of(source):
        if state.address(sample)["film"] == wanted:
            if state.current_film() != sample:
                state.show_sample(sample)
            return True
    return False
