"""What an address says of a visit: which sample film, which model. Never anything of an upload."""

from __future__ import annotations

import streamlit as st

from xray_core.datasets.catalogue import Sample
from xray_core.inference.model_card import list_models
from xray_core.ui.pages import TRIAGE, Page
from xray_core.ui.shared import state


def follow() -> list[str]:
    """Take up the film and the model that the address names; returns what is not here, in words."""
    problems = []
    named = st.query_params.get(state.MODEL)
    if named is not None and named not in list_models():
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
    film, model = state.current_film(), state.chosen_model()
    if isinstance(film, Sample) and page != TRIAGE:
        told |= state.address(film)
    if model is not None:
        told[state.MODEL] = model
    return told


def keep(page: Page) -> None:
    """Make the address say what a link to this page would."""
    told = query(page)
    for name in ("film", state.MODEL):
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
