"""Which model answers: one of the server's, or one that the visitor has trained."""

from __future__ import annotations

import streamlit as st

from xray_core.inference.model_card import DEFAULT_MODEL, ModelCard, list_models, load_card
from xray_core.ui.shared import state, trainings
from xray_core.ui.shared.foreign import plain

HOME_MADE = "home-made"


def at_hand() -> tuple[str, ...]:
    """Names of the models this visitor may choose from."""
    return (*list_models(), *trainings.models())


def chosen() -> str | None:
    """The model the visitor chose, or None for the default one.

    A reload and a shared address know it from the address, unless there is no such model here.
    """
    named = st.query_params.get(state.MODEL)
    if state.CHOSEN_MODEL not in st.session_state and named in at_hand():
        st.session_state[state.CHOSEN_MODEL] = named
    return st.session_state.get(state.CHOSEN_MODEL)


def choose(name: str) -> None:
    """Keep a choice for every page, and in the address."""
    st.session_state[state.CHOSEN_MODEL] = st.query_params[state.MODEL] = name


def forget() -> None:
    """Let the default model answer again."""
    st.session_state.pop(state.CHOSEN_MODEL, None)
    st.query_params.pop(state.MODEL, None)


def card(name: str | None = None) -> ModelCard:
    """The card of a model at hand; by default of the one chosen. No other takes its place."""
    name = name or chosen() or DEFAULT_MODEL
    run = trainings.models().get(name)
    return load_card(name, run.home if run else None)


def title(card: ModelCard) -> str:
    """A model's title as Markdown, and whether it is home-made."""
    named = plain(card.title)
    return f"{named} ({HOME_MADE})" if card.home_made else named
